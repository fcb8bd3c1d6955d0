import type { Project } from 'projen';
import { OwnedJson, OwnedText, type Owner } from '../files';
import { NodeRuntime, renderSecretStores } from '../runtime/node';
import { SecretRule, type Service } from '../service';

const OWNER: Owner = { component: 'SecretsConfig', change: 'service.config.add(…) and service.secrets.use(…)' };

/**
 * The verbs `config:*` and `secrets:*` of a Node project, and what they know of the service.
 */
export class SecretTools {
  constructor(project: Project, service: Service) {
    const runtime = NodeRuntime.of(project);
    runtime.installTools('secrets');
    new OwnedText(project, 'tools/secret-stores.ts', {
      owner: OWNER,
      text: () => renderSecretStores(runtime.secretStores),
    });
    new OwnedJson(project, 'tools/secrets/facts.json', { owner: OWNER, obj: () => toolFacts(service) });
    const check = project.addTask('config:check', {
      description:
        'Finds everything that is wrong with the configuration: config:check [environment] [--explain] [--matrix]',
      receiveArgs: true,
    });
    // As a list of arguments no shell reads them.
    check.execArgs(['tsx', 'tools/secrets/check-config.ts'], { receiveArgs: true });
  }
}

/** What the verbs read; `tools/secrets/facts.ts` has its type. */
function toolFacts(service: Service): object {
  const environments = service.environments.map(({ name }) => name);
  return {
    service: service.serviceName,
    environments,
    variables: service.configVariables.map((variable) => ({
      name: variable.name,
      secret: variable.secret,
      states: Object.fromEntries(
        [...environments, 'test'].map((environment) => [environment, service.configState(variable, environment)]),
      ),
      ...(variable.secret
        ? {
            rotation: {
              method: variable.rotation?.method,
              days: Math.round((variable.rotateEvery?.toMillis() ?? 0) / 86_400_000),
              overlap: variable.rotation?.overlap,
              owner: variable.rotatedBy ?? service.owner,
              waived: service.tryFindWaiver(SecretRule.ROTATION, variable.name)?.reason,
            },
          }
        : {}),
    })),
  };
}
