import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isIdentified, workflowToken } from '../secrets/workflow-token.js';

/**
 * In a scheduled workflow that has no credentials, takes on the role by which it sees how old secrets are: the SDK trades the
 * workflow's token for credentials that last an hour, so that no key of AWS is kept at GitHub.
 */
export async function takeRole(role: string | undefined, env: NodeJS.ProcessEnv): Promise<void> {
  const given = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some((name) => env[name]);
  if (role === undefined || given || !isIdentified(env)) return;
  const file = join(mkdtempSync(join(env['RUNNER_TEMP'] ?? tmpdir(), 'aws-')), 'token');
  writeFileSync(file, await workflowToken('sts.amazonaws.com', env), { mode: 0o600 });
  env['AWS_WEB_IDENTITY_TOKEN_FILE'] = file;
  env['AWS_ROLE_ARN'] = role;
  env['AWS_ROLE_SESSION_NAME'] = 'secrets-check';
}
