import type { ServiceProblem } from '../../service';
import type { SopsChoice } from './sops-choice';
import type { SopsRecipient } from './sops-recipient';

/**
 * What is wrong with the recipients of a choice.
 */
export function sopsProblems(choice: SopsChoice): ServiceProblem[] {
  const { scope, recipients } = choice;
  const elsewhere = Object.keys(recipients).filter((name) => !scope.environments.includes(name));
  return [
    ...elsewhere.map((environment) => ({
      place: 'SOPS recipients',
      message: 'are named for an environment whose secrets SOPS does not keep',
      value: environment,
      fix: `name recipients for ${scope.environments.join(', ')}, or choose SOPS for that environment too`,
    })),
    ...scope.environments.flatMap((environment) => recipientProblems(environment, recipients[environment] ?? [])),
  ];
}

function recipientProblems(environment: string, recipients: readonly SopsRecipient[]): ServiceProblem[] {
  const place = `SOPS recipients of ${environment}`;
  const keys = recipients.map(({ key }) => key);
  return [
    ...(recipients.length === 0
      ? [
          {
            place,
            message: 'are none, so nobody could encrypt or decrypt',
            fix: `name at least one: recipients: { ${environment}: [SopsRecipient.age('…', 'age1…')] }`,
          },
        ]
      : []),
    ...recipients.flatMap((recipient) => keyProblems(place, recipient)),
    ...[...new Set(keys.filter((key, index) => keys.indexOf(key) < index))].map((key) => ({
      place,
      message: 'name a key twice',
      ...shown(key),
      fix: 'name it once',
    })),
    ...recipients
      .filter(({ name }) => name.trim() === '' || /[\r\n]/.test(name))
      .map(({ name }) => ({
        place,
        message: 'do not say in a line whose key one is',
        value: name,
        fix: 'name its owner, such as "Alice" or "production cluster"',
      })),
  ];
}

function keyProblems(place: string, { name, keyKind, key }: SopsRecipient): ServiceProblem[] {
  if (isPrivate(key)) {
    return [
      {
        place,
        // The key itself is not shown: it is compromised already, and logs keep what they are given.
        message: `hold a private key, of ${name}`,
        fix: 'make a new key, and name its public part: age-keygen -y <file>',
      },
    ];
  }
  const fits = keyKind === 'age' ? AGE.test(key) : FINGERPRINT.test(key);
  return fits
    ? []
    : [
        {
          place,
          message: `hold something that is no ${keyKind === 'age' ? 'public age key' : 'PGP fingerprint'}, of ${name}`,
          value: key,
          fix:
            keyKind === 'age'
              ? 'name what age-keygen -y prints: age1…'
              : 'name all 40 digits that gpg --fingerprint prints',
        },
      ];
}

const AGE = /^(age1[ac-hj-np-z02-9]{40,}|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( \S+)?)$/;
const FINGERPRINT = /^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/;

function isPrivate(key: string): boolean {
  return /AGE-SECRET-KEY|AGE-PLUGIN|PRIVATE KEY/i.test(key);
}

function shown(key: string): { value?: string } {
  return isPrivate(key) ? {} : { value: key };
}
