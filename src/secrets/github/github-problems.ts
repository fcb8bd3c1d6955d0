import type { ServiceProblem } from '../../service';
import type { SecretsScope } from '../provider';
import type { GithubActionsOptions } from './github-actions-options';

/**
 * What is wrong with what was said about GitHub's environments.
 */
export function githubProblems(scope: SecretsScope, options: GithubActionsOptions): ServiceProblem[] {
  const { environmentNames = {}, unprotected = {}, auditToken = 'TOKEN' } = options;
  const { environments } = scope;
  const names = [...new Set(environments.flatMap((environment) => scope.secretsIn(environment)))].map(
    ({ name }) => name,
  );
  return [
    ...strangers('environmentNames', environmentNames, environments),
    ...strangers('unprotected', unprotected, environments),
    ...Object.entries(environmentNames)
      .filter(([, name]) => !/^[\w. -]{1,255}$/.test(name))
      .map(([environment, value]) => ({
        place: `GitHub, environmentNames of ${environment}`,
        message: 'is no name of an environment',
        value,
        fix: 'use letters, digits, dashes, dots and blanks',
      })),
    ...Object.entries(unprotected)
      .filter(([, reason]) => reason.trim() === '')
      .map(([environment]) => ({
        place: `GitHub, unprotected ${environment}`,
        message: 'gives no reason',
        fix: 'say why nobody has to protect it',
      })),
    ...(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/.test(auditToken)
      ? []
      : [
          {
            // Not shown: whoever does not write a name here may have written a token.
            place: 'GitHub, auditToken',
            message: 'is no name of a secret',
            fix: 'give the name of a secret of the repository, such as SECRETS_AUDIT_TOKEN, and not the token itself',
          },
        ]),
    ...names
      .filter((name) => name.startsWith('GITHUB_'))
      .map((value) => ({
        place: 'GitHub',
        message: 'keeps no secret of such a name',
        value,
        fix: 'rename it: names that begin with GITHUB_ are GitHub’s own',
      })),
  ];
}

function strangers(option: string, given: Record<string, string>, environments: readonly string[]): ServiceProblem[] {
  return Object.keys(given)
    .filter((name) => !environments.includes(name))
    .map((value) => ({
      place: `GitHub, ${option}`,
      message: 'names an environment whose secrets GitHub does not keep',
      value,
      fix: `use some of ${environments.join(', ')}, or choose GitHub for that environment too`,
    }));
}
