import type { Project } from 'projen';
import { OwnedJson, OwnedText, type Owner } from '../files';
import { NodeRuntime, renderSecretStores } from '../runtime/node';
import type { Service } from '../service';
import { toolFacts } from './tool-facts';

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
        'Finds everything that is wrong with the configuration: config:check [environment] [--explain] [--matrix] [--live]',
      receiveArgs: true,
    });
    // As a list of arguments no shell reads them.
    check.execArgs(['tsx', 'tools/secrets/cli.ts', 'config:check'], { receiveArgs: true });
  }
}
