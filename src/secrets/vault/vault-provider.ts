import { OwnedJson, OwnedText, type Owner } from '../../files';
import { NodeRuntime } from '../../runtime/node';
import { type ConfigVariable, SecretDelivery, type Service } from '../../service';
import { addFileVerbs } from '../file-verbs';
import type { ISecretsProvider, SecretAccess, SecretKey, SecretsScope } from '../provider';
import { VaultDelivery } from './vault-delivery';
import { auditRole, databaseRole, kubernetesRole, renderAgent, renderAuditPolicy, renderPolicy } from './vault-files';
import type { VaultOptions } from './vault-options';
import { AGENT_FOLDER, AUDIENCE, JWT_FILE, VaultPlace } from './vault-place';
import { vaultProblems } from './vault-problems';

const OWNER: Owner = { component: 'SecretsConfig', change: 'the options of SecretsProvider.vault(…)' };

/**
 * Secrets in HashiCorp Vault or OpenBao.
 */
export class VaultProvider implements ISecretsProvider {
  public readonly store = 'vault';
  public readonly storeKind = 'vault';
  public readonly title: string;

  constructor(private readonly options: VaultOptions) {
    this.title = `Vault at ${options.address}`;
  }

  public accessIn(service: Service, environment: string): SecretAccess {
    const place = new VaultPlace(this.options, service, environment);
    const { address, mount, authMount, role, namespace, port, auditLogin } = place;
    const settings = {
      address,
      mount,
      authMount,
      role,
      audience: AUDIENCE,
      ...(namespace === undefined ? {} : { namespace }),
      ...(auditLogin === undefined ? {} : { auditRole: auditLogin.role }),
    };
    switch (place.delivery) {
      case VaultDelivery.SERVICE:
        return {
          delivery: SecretDelivery.SERVICE,
          settings,
          connections: [{ name: this.store, port, peer: this.options.peer }],
          token: { audience: AUDIENCE, path: JWT_FILE },
        };
      case VaultDelivery.AGENT:
        return { delivery: SecretDelivery.AGENT, settings };
      default:
        return { delivery: SecretDelivery.MOUNTED, settings };
    }
  }

  public keyOf(service: Service, variable: ConfigVariable, environment: string): SecretKey {
    const place = new VaultPlace(this.options, service, environment);
    return place.makes(variable) ? { key: place.credentials } : { key: place.pathOf(variable), property: 'value' };
  }

  public attach(scope: SecretsScope): void {
    for (const environment of scope.environments) {
      const place = new VaultPlace(this.options, scope.service, environment);
      this.addFiles(scope, place);
      if (NodeRuntime.supports(scope.project)) {
        this.addCode(scope, place);
      }
      scope.service.addValidation({ validate: () => vaultProblems(place, scope.secretsIn(environment)) });
    }
  }

  /** What whoever runs Vault applies, with rights that nothing here has. */
  private addFiles(scope: SecretsScope, place: VaultPlace): void {
    const { project } = scope;
    const folder = `vault/${place.environment}`;
    const secrets = () => scope.secretsIn(place.environment);
    new OwnedText(project, `${folder}/policy.hcl`, { owner: OWNER, text: () => renderPolicy(place, secrets()) });
    new OwnedJson(project, `${folder}/kubernetes-role.json`, {
      owner: OWNER,
      obj: () => kubernetesRole(place, accountsOf(scope.service, place)),
    });
    if (place.login !== undefined) {
      new OwnedJson(project, `${folder}/database-role.json`, { owner: OWNER, obj: () => databaseRole(place) });
    }
    if (place.auditLogin !== undefined) {
      new OwnedText(project, `${folder}/audit-policy.hcl`, {
        owner: OWNER,
        text: () => renderAuditPolicy(place, secrets()),
      });
      new OwnedJson(project, `${folder}/audit-role.json`, { owner: OWNER, obj: () => auditRole(place) });
    }
    if (place.delivery === VaultDelivery.AGENT) {
      new OwnedText(project, `${folder}/agent.hcl`, { owner: OWNER, text: () => renderAgent(place, secrets()) });
    }
  }

  private addCode(scope: SecretsScope, place: VaultPlace): void {
    const { environment, address, namespace, mount } = place;
    const runtime = NodeRuntime.of(scope.project);
    const secrets = () => scope.secretsIn(environment);
    const paths = () =>
      Object.fromEntries(
        secrets()
          .filter((variable) => !place.makes(variable))
          .map((variable) => [variable.name, place.pathOf(variable)]),
      );
    const reached = { address, ...(namespace === undefined ? {} : { namespace }) };
    if (place.delivery === VaultDelivery.SERVICE) {
      const auth = { role: place.role, mount: place.authMount, jwtFile: JWT_FILE };
      runtime.installPlatform('vault');
      runtime.addSecretProvider({
        environment,
        exportName: 'vault',
        from: './vault/provider.js',
        options: () => ({ ...reached, auth, mount, paths: paths(), ...databases(place, secrets()) }),
      });
    }
    if (place.delivery === VaultDelivery.AGENT) {
      runtime.installPlatform('vault');
      runtime.addSecretProvider({
        environment,
        exportName: 'vaultAgent',
        from: './vault/agent-files.js',
        options: () => ({ folder: AGENT_FOLDER, variables: secrets().map(({ name }) => name) }),
      });
    }
    runtime.installTools('secrets-vault');
    runtime.addSecretStore({
      environment,
      exportName: 'vaultStore',
      from: './secrets-vault/store.js',
      options: () => ({
        ...reached,
        mount,
        paths: paths(),
        ...(place.auditLogin === undefined ? {} : { audit: place.auditLogin }),
      }),
    });
    addFileVerbs(scope.project);
  }
}

function databases(place: VaultPlace, secrets: readonly ConfigVariable[]): object {
  const made = secrets.filter((variable) => place.makes(variable));
  const { credentials, login } = place;
  return made.length === 0
    ? {}
    : { databases: Object.fromEntries(made.map(({ name }) => [name, { credentials, url: login?.url }])) };
}

/** Processes that have an identity of their own read their secrets by it. */
function accountsOf({ identities }: Service, { serviceAccount }: VaultPlace): string[] {
  return identities.map(({ name }) => `${serviceAccount}-${name}`);
}
