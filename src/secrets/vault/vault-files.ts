import { type ConfigVariable, Duration } from '../../service';
import { subjectOf } from '../workflow-audit';
import { VaultDelivery } from './vault-delivery';
import { AGENT_FOLDER, AUDIENCE, JWT_FILE, type VaultPlace } from './vault-place';

/**
 * The policy that lets the service read its own secrets, and nothing else.
 */
export function renderPolicy(place: VaultPlace, secrets: readonly ConfigVariable[]): string {
  const kept = secrets.filter((variable) => !place.makes(variable));
  const paths = kept.map(
    (variable) => `path "${place.mount}/data/${place.pathOf(variable)}" {\n  capabilities = ["read"]\n}`,
  );
  const logins = secrets.some((variable) => place.makes(variable)) ? [loginPolicy(place)] : [];
  const listed = place.delivery === VaultDelivery.AGENT && kept.some((variable) => mayBeMissing(place, variable));
  return [
    `# bao policy write ${place.role} vault/${place.environment}/policy.hcl`,
    ...paths,
    ...(listed ? [listPolicy(place)] : []),
    ...logins,
  ].join('\n\n');
}

/** An agent stops at what is not there, so it looks first. */
function mayBeMissing({ environment }: VaultPlace, variable: ConfigVariable): boolean {
  return !variable.isRequiredIn(environment);
}

function listPolicy({ mount, path }: VaultPlace): string {
  return `# Which of the optional ones are there, by name.
path "${mount}/metadata/${path}" {
  capabilities = ["list"]
}`;
}

function loginPolicy({ credentials }: VaultPlace): string {
  return `# A login of its own to the database, renewed for as long as the service runs.
path "${credentials}" {
  capabilities = ["read"]
}

path "sys/leases/renew" {
  capabilities = ["update"]
}`;
}

/**
 * The policy that lets a scheduled workflow see how old secrets are, and nothing of what they hold.
 */
export function renderAuditPolicy(place: VaultPlace, secrets: readonly ConfigVariable[]): string {
  const paths = secrets
    .filter((variable) => !place.makes(variable))
    .map((variable) => `path "${place.mount}/metadata/${place.pathOf(variable)}" {\n  capabilities = ["read"]\n}`);
  const { role } = place.auditLogin!;
  return [`# bao policy write ${role} vault/${place.environment}/audit-policy.hcl`, ...paths].join('\n\n');
}

/**
 * The role by which a scheduled workflow of the repository logs in.
 */
export function auditRole(place: VaultPlace): object {
  return {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [place.address],
    bound_subject: subjectOf(place.audit!),
    token_policies: [place.auditLogin!.role],
    token_no_default_policy: true,
    token_ttl: '5m',
    token_max_ttl: '5m',
  };
}

/**
 * The role by which pods of the service log in.
 */
export function kubernetesRole(place: VaultPlace, otherAccounts: readonly string[] = []): object {
  return {
    bound_service_account_names: [place.serviceAccount, ...otherAccounts],
    bound_service_account_namespaces: [place.kubernetesNamespace],
    audience: AUDIENCE,
    alias_name_source: 'serviceaccount_uid',
    token_policies: [place.role],
    ...tokenLife(place),
  };
}

/** A token is renewed when half of it is over, and replaced when that cannot be. */
function tokenLife(place: VaultPlace): object {
  if (place.login === undefined) {
    return { token_ttl: '1h', token_max_ttl: '24h' };
  }
  return {
    '// token_ttl':
      'At least the lease of a login to the database: Vault takes a login away with the token it was made with. The last half of the token is how long the logins before and after it are valid together, and a connection must not live longer.',
    token_ttl: inSeconds(longer(Duration.hours(1), place.lease)),
    token_max_ttl: inSeconds(longer(Duration.days(1), place.longestLease)),
  };
}

function longer(one: Duration, other: Duration): Duration {
  return one.toMillis() < other.toMillis() ? other : one;
}

/**
 * The role by which Vault makes logins to the database.
 */
export function databaseRole(place: VaultPlace): object {
  const { connection, memberOf } = place.login!;
  return {
    db_name: connection,
    creation_statements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' INHERIT IN ROLE "${memberOf}";`,
      // What it makes must outlive it, and be the next login's too.
      `ALTER ROLE "{{name}}" SET role = "${memberOf}";`,
    ],
    default_ttl: inSeconds(place.lease),
    max_ttl: inSeconds(place.longestLease),
  };
}

/**
 * The configuration of a Vault agent that runs beside the service and keeps its secrets in files.
 */
export function renderAgent(place: VaultPlace, secrets: readonly ConfigVariable[]): string {
  return [
    `vault {
${place.namespace === undefined ? '' : `  namespace = "${place.namespace}"\n`}  address = "${place.address}"
}`,
    `auto_auth {
  method "kubernetes" {
    mount_path = "auth/${place.authMount}"
    config = {
      role       = "${place.role}"
      token_path = "${JWT_FILE}"
    }
  }
}`,
    `template_config {
  # Kubernetes restarts it; a service must not go on with secrets that nobody renews.
  exit_on_retry_failure         = true
  static_secret_render_interval = "1m"
}`,
    ...secrets.map((variable) => template(place, variable)),
  ].join('\n\n');
}

function template(place: VaultPlace, variable: ConfigVariable): string {
  const contents = contentsOf(place, variable);
  return `template {
  destination          = "${AGENT_FOLDER}/${variable.name}"
  perms                = "0440"
  error_on_missing_key = true
  contents             = ${JSON.stringify(contents)}
}`;
}

function contentsOf(place: VaultPlace, variable: ConfigVariable): string {
  if (place.makes(variable)) {
    return `{{ with secret "${place.credentials}" }}${loginUrl(place.login!.url)}{{ end }}`;
  }
  const read = `{{ with secret "${place.mount}/data/${place.pathOf(variable)}" }}{{ .Data.data.value }}{{ end }}`;
  // Until somebody puts it there the file is empty, which the service takes for none.
  return mayBeMissing(place, variable)
    ? `{{ range secrets "${place.mount}/metadata/${place.path}/" }}{{ if eq . "${variable.name}" }}${read}{{ end }}{{ end }}`
    : read;
}

function loginUrl(url: string): string {
  return url.replace('://', '://{{ .Data.username | urlquery }}:{{ .Data.password | urlquery }}@');
}

/** As every version of Vault reads it. */
function inSeconds(duration: Duration): string {
  return `${Math.round(duration.toMillis() / 1000)}s`;
}
