import {
  type ConfigVariable,
  EnvironmentTier,
  Guide,
  GuideKind,
  RotationMethod,
  SecretDelivery,
  SecretRule,
  type SecretStore,
  type Service,
} from '../service';
import { rotatedDatabase } from './rotated-database';

/**
 * How each secret of the service is replaced, by whom and when.
 *
 * @param hasVerbs whether the project has `secrets:rotate`
 */
export function rotationRunbook(hasVerbs: boolean): Guide {
  return new Guide('rotate-a-secret', {
    kind: GuideKind.RUNBOOK,
    title: 'Rotate a secret',
    summary: 'A secret is due to be replaced, is overdue, or has been seen by somebody who should not have',
    statedBy: 'SecretsConfig',
    text: { render: (service) => render(service, hasVerbs) },
  });
}

function render(service: Service, hasVerbs: boolean): string {
  const secrets = service.configVariables.filter(({ secret }) => secret);
  if (secrets.length === 0) {
    return 'This service has no secrets.';
  }
  const methods = new Set(
    secrets.filter((secret) => !waiverOf(service, secret)).map(({ rotation }) => rotation?.method),
  );
  const sections = [
    table(service, secrets),
    hasVerbs ? which(service) : '',
    hasVerbs && methods.has(RotationMethod.GENERATED_KEY) ? GENERATED_KEY : '',
    hasVerbs ? databaseLogins(secrets) : '',
    methods.has(RotationMethod.MANUAL) ? manual(hasVerbs) : '',
    LEAKED,
    AFTERWARDS,
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function table(service: Service, secrets: readonly ConfigVariable[]): string {
  const rows = secrets.map((secret) => {
    const { name, rotateEvery, rotation, rotatedBy } = secret;
    const waiver = waiverOf(service, secret);
    const owner = rotatedBy ?? service.owner ?? 'nobody is named';
    return waiver === undefined
      ? [`\`${name}\``, `every ${rotateEvery}`, METHODS[rotation!.method], owner, rotation!.overlap ? 'yes' : 'no']
      : [`\`${name}\``, `never: ${waiver.reason}`, '', owner, ''];
  });
  const header = ['Secret', 'Replaced', 'How', 'Who', 'Old and new are valid together'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const METHODS: Record<RotationMethod, string> = {
  [RotationMethod.MANUAL]: 'by a person',
  [RotationMethod.GENERATED_KEY]: 'a generated key',
  [RotationMethod.DATABASE_LOGIN]: 'two logins that take turns',
};

function waiverOf(service: Service, { name }: ConfigVariable) {
  return service.tryFindWaiver(SecretRule.ROTATION, name);
}

function which(service: Service): string {
  return `## Which are overdue

${whoNotices(service)}

Running services follow a rotation by themselves within two intervals of \`SECRET_REFRESH_INTERVAL\`, and seven minutes more where External
Secrets mounts it; nothing has to be restarted.`;
}

/** Who finds out, in each environment and for each store: what reads files cannot know how old they are. */
function whoNotices(service: Service): string {
  const deployed = service.environments.filter(({ tier }) => tier !== EnvironmentTier.DEVELOPMENT);
  const rows = deployed.flatMap(({ name: environment }) => {
    const stores = service.secretStores.filter((each) => each.environment === environment);
    return stores.length === 0
      ? [[environment, 'the platform', NOBODY]]
      : stores.map((store) => [environment, store.title, noticedBy(service, store)]);
  });
  const header = ['Environment', 'Kept by', 'Who notices that a secret is overdue'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const NOBODY = 'nobody can: a file does not say how old it is. Put the day into the calendar of who replaces it';

function noticedBy(service: Service, { storeKind, environment, delivery, isAudited }: SecretStore): string {
  if (storeKind === 'platform') {
    return NOBODY;
  }
  const isAlerted = delivery === SecretDelivery.SERVICE && service.alerts.some(({ name }) => name === 'SecretOverdue');
  const workflow = workflowOf(service);
  const isScheduled =
    workflow !== undefined &&
    service.secretStores.filter((each) => each.environment === environment).every((each) => each.isAudited);
  const missing =
    workflow === undefined || isAudited ? '' : ', since the store has no `audit` or `auditToken` for the workflow';
  const ways = [
    ...(isAlerted ? ['the alert `SecretOverdue`, by what the running service reads'] : []),
    ...(isScheduled ? [`the workflow \`${workflow}\`, every working day`] : []),
  ];
  return ways.length > 0
    ? ways.join('; ')
    : `whoever runs \`npx projen secrets:check ${environment}\`, which asks the store${missing}`;
}

function workflowOf({ project, serviceName }: Service): string | undefined {
  const path = `.github/workflows/secrets${project === project.root ? '' : `-${serviceName}`}.yml`;
  return project.root.tryFindFile(path) === undefined ? undefined : path;
}

const GENERATED_KEY = `## A generated key

\`npx projen secrets:rotate <VARIABLE> <environment>\` adds a new key that only verifies, waits until every process has read it, and lets it
sign. What the old key signed stays valid until the next rotation. Where something else than External Secrets mounts the secret as a file, and
takes an hour for it, say so: \`--wait 3900\`. If the command is stopped in between, run it again: nothing was signed with the new key.`;

function databaseLogins(secrets: readonly ConfigVariable[]): string {
  const kinds = new Set(secrets.map((secret) => rotatedDatabase(secret)).filter((kind) => kind !== undefined));
  return kinds.size === 0
    ? ''
    : [
        DATABASE_LOGIN,
        ...(kinds.has('postgresql') ? [POSTGRESQL_LOGIN] : []),
        ...(kinds.has('mysql') ? [MYSQL_LOGIN] : []),
        DATABASE_LOGIN_FAILS,
      ].join('\n\n');
}

const DATABASE_LOGIN = `## A database login

\`npx projen secrets:rotate <VARIABLE> <environment> --admin-url-file <path>\` gives a new password to the one of two logins that is not in use
(\`…\` and \`…_alt\`), proves that it can log in, and only then writes its URL to the store. The login in use stays valid until the next
rotation, so no connection breaks.`;

const POSTGRESQL_LOGIN = `On PostgreSQL the administrator needs \`CREATEROLE\` and, from version 16 on, \`ADMIN OPTION\` on the login: who ran \`prisma/roles.sql\` has
both. Where PgBouncer keeps a list of users, it needs \`auth_query\` to learn of the new password.`;

const MYSQL_LOGIN = `On MySQL and MariaDB the administrator needs \`CREATE USER\`, \`SELECT\` on \`mysql.*\`, and what the login may do \`WITH GRANT OPTION\`. The second login
gets what the first may do at each rotation. Take a right from both, or the next rotation stops at it.`;

const DATABASE_LOGIN_FAILS = `- *It is refused because the last rotation is too recent:* some process may still log in as the user whose turn it is. Wait as it says.
- *It fails before the first "logs in as … from now on":* the login in use and the stores are untouched. Mend what it names and run it again.
- *It fails between two of them:* run it again. It goes on with the password that some secrets have already.
- *A secret "follows, but … cannot log in where it leads":* a replica that lags or is down. If it is another server, add \`--without <VARIABLE>\`.
- *A secret "does not follow":* it logs in as one of the two and is replaced in another way, so a rotation would shut it out. Give it a login of its own.`;

function manual(hasVerbs: boolean): string {
  const put = hasVerbs
    ? 'Put it into the store: `npx projen secrets:rotate <VARIABLE> <environment> --from-file <path>`. The path `-` reads standard input, so that no file is left behind.'
    : 'Put it where the secret is kept, under the same name.';
  return `## A secret that a person replaces

1. Get a new value where the old one was issued. If old and new are valid together, let the old one live for now.
2. ${put}
3. Wait until the service has read it: its log says \`secret changed\` with the new version, on every replica.
4. Only then revoke the old value.

Where old and new are *not* valid together, requests that need the secret fail between revoking and reading. Choose a quiet hour.`;
}

const LEAKED = `## When a secret was seen

1. Rotate it now, and rotate it twice where the old value stays valid until the next rotation.
2. Look in the logs of the store and of the system that issued it for uses that are not yours.
3. Removing it from a file or from Git does not help: whoever saw it has it.`;

const AFTERWARDS = `## It is done when

- the log of every replica says \`secret changed\`, and \`secret_stale\` is 0 (where the service reads a store, \`time() - secret_changed_timestamp_seconds\` is the new age);
- the old value does not work any more, or is written down with the day it will not.`;
