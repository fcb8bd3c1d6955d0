import type { ConfigVariable, ServiceProblem } from '../../service';
import { auditProblems } from '../workflow-audit';
import { VaultDelivery } from './vault-delivery';
import type { VaultPlace } from './vault-place';

/**
 * What is wrong with what was said about a Vault.
 */
export function vaultProblems(place: VaultPlace, secrets: readonly ConfigVariable[]): ServiceProblem[] {
  const at = `Vault of ${place.environment}`;
  return [
    ...addressProblems(at, place),
    ...nameProblems(at, place),
    ...loginProblems(at, place, secrets),
    ...(place.audit === undefined ? [] : auditProblems(at, place.audit)),
  ];
}

function addressProblems(place: string, { address }: VaultPlace): ServiceProblem[] {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    return [
      { place, message: 'is at no address', value: address, fix: 'give one such as https://vault.internal:8200' },
    ];
  }
  if (url.username !== '' || url.password !== '') {
    // Not shown: whoever writes a login there may have written a real one.
    return [{ place, message: 'has a login in its address', fix: 'remove it; the service logs in by itself' }];
  }
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || isHere
    ? []
    : [
        {
          place,
          message: 'is reached without encryption, so that every secret crosses the network in the clear',
          value: address,
          fix: 'use https://, or the address of a proxy on the same machine',
        },
      ];
}

function nameProblems(at: string, place: VaultPlace): ServiceProblem[] {
  const { mount, path, role, authMount, namespace, serviceAccount, kubernetesNamespace } = place;
  const paths = { mount, path, authMount, ...(namespace === undefined ? {} : { namespace }) };
  const names = { role, serviceAccount, kubernetesNamespace };
  const login = place.login && { mount: place.login.mount ?? 'database', connection: place.login.connection };
  return [
    ...Object.entries({
      ...paths,
      ...(login && { 'databaseLogin.mount': login.mount }),
      ...(place.auditLogin && { 'audit.authMount': place.auditLogin.mount }),
    })
      .filter(([, value]) => !/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(value))
      .map(([option, value]) =>
        wrong(at, option, value, 'words of letters, digits, dashes and dots, joined by slashes'),
      ),
    ...Object.entries({ ...names, ...(login && { 'databaseLogin.connection': login.connection }) })
      .filter(([, value]) => !/^[\w-][\w.-]*$/.test(value))
      .map(([option, value]) => wrong(at, option, value, 'letters, digits, dashes and dots')),
  ];
}

const SHORTEST_LEASE = 120_000;

function wrong(at: string, option: string, value: unknown, form: string): ServiceProblem {
  return { place: `${at}, ${option}`, message: 'is not written as Vault takes it', value, fix: `use ${form}` };
}

function loginProblems(at: string, place: VaultPlace, secrets: readonly ConfigVariable[]): ServiceProblem[] {
  const { login } = place;
  if (login === undefined) {
    return [];
  }
  const where = `${at}, databaseLogin`;
  const url = URL.canParse(login.url) ? new URL(login.url) : undefined;
  const isPostgres = /^postgres(ql)?:$/.test(url?.protocol ?? '');
  const hasLogin = url !== undefined && (url.username !== '' || url.password !== '');
  const name = login.variable ?? 'DATABASE_URL';
  return [
    ...(place.delivery === VaultDelivery.OPERATOR
      ? [
          {
            place: where,
            message: 'is for each process by itself, and an operator would give all of them the same one',
            fix: 'use VaultDelivery.SERVICE or VaultDelivery.AGENT',
          },
        ]
      : []),
    ...(hasLogin
      ? [{ place: where, message: 'has a login in its url', fix: 'remove it; Vault makes one' }]
      : isPostgres
        ? []
        : [
            {
              place: where,
              message: 'is at no PostgreSQL database',
              value: login.url,
              fix: 'give a url such as postgresql://db.internal:5432/orders',
            },
          ]),
    ...(/^[a-z_][a-z0-9_-]*$/.test(login.memberOf)
      ? []
      : [
          wrong(
            where,
            'memberOf',
            login.memberOf,
            'the name of a database role: lower-case letters, digits and underscores',
          ),
        ]),
    ...(secrets.some((variable) => place.makes(variable))
      ? []
      : [
          {
            place: where,
            message: 'is for something that is no secret this Vault keeps',
            value: name,
            fix: 'name the secret config variable that holds the database URL, and choose Vault for it',
          },
        ]),
    ...(place.lease.toMillis() < SHORTEST_LEASE
      ? [
          {
            place: where,
            message: 'has a lease that ends before it is renewed: the service looks every minute',
            value: String(place.lease),
            fix: 'give it more than two minutes; half of it must be longer than a connection lives',
          },
        ]
      : []),
    ...(place.longestLease.toMillis() < place.lease.toMillis()
      ? [
          {
            place: where,
            message: 'has a lease that is longer than its longest',
            fix: 'make longestLease the longer one',
          },
        ]
      : []),
  ];
}
