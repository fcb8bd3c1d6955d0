import { join } from 'node:path';
import { javascript, Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Delivery } from '../../src/delivery';
import { type GithubActionsOptions, SecretsConfig, SecretsProvider } from '../../src/secrets';
import { ConfigType } from '../../src/service';
import { type Files, inFolder, synth, synthInto } from '../support/synth';

function declare<T extends Project>(project: T, options?: GithubActionsOptions, environments = ['staging', 'prod']): T {
  const config = new SecretsConfig(project);
  config.add('API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['prod'] });
  config.add('OTHER_KEY', { secret: true, description: 'Charges cards too' });
  config.add('PUBLIC_URL', { type: ConfigType.url(), description: 'Where it is', requiredIn: ['prod'] });
  config.add('PAGE_SIZE', { type: ConfigType.integer(), defaultValue: 20, description: 'Rows on a page' });
  if (environments.length > 0) {
    config.use(SecretsProvider.githubActions(options), { environments });
  }
  new Delivery(project);
  return project;
}

const node = (outdir: string, parent?: Project) =>
  new javascript.NodeProject({ name: 'orders', outdir, parent, defaultReleaseBranch: 'main', github: false });

function workflowOf(files: Files, path = '.github/workflows/config.yml') {
  return parse(files[path] ?? '');
}

describe('GitHub', () => {
  it('gives the secrets of an environment to a job of that environment, and to one step of it', () => {
    const { jobs, permissions } = workflowOf(synth((outdir) => declare(node(outdir))));
    expect(permissions).toEqual({});
    expect(Object.keys(jobs)).toEqual(['prod', 'staging']);
    expect(jobs.prod).toMatchObject({ environment: 'prod', permissions: { contents: 'read' } });
    expect(jobs.prod).not.toHaveProperty('env');
    expect(jobs.prod.steps.filter((step: object) => 'env' in step)).toEqual([
      {
        name: 'Bind what GitHub has for prod',
        env: {
          API_KEY: '${{ secrets.API_KEY }}',
          OTHER_KEY: '${{ secrets.OTHER_KEY }}',
          PUBLIC_URL: '${{ vars.PUBLIC_URL }}',
        },
        run: 'npx projen secrets:bind prod',
      },
    ]);
    expect(jobs.staging.steps.find((step: object) => 'env' in step).env).not.toHaveProperty('PUBLIC_URL');
    expect(jobs.prod.steps.at(-1).run).toBe('npx projen config:check prod --live');
  });

  it('tells the verbs what belongs there, and what has to be approved', () => {
    const stores = synth((outdir) => declare(node(outdir), { unprotected: { staging: 'nobody depends on it' } }))[
      'tools/secret-stores.ts'
    ];
    const text = stores?.replace(/\s+/g, ' ');
    expect(text).toContain(
      "prod: [ githubStore({ environment: 'prod', githubEnvironment: 'prod', secrets: ['API_KEY', 'OTHER_KEY'], variables: ['PUBLIC_URL'], approved: true, }), ]",
    );
    expect(text).toContain(
      "optional: ['API_KEY'], variables: [], approved: false, unprotected: 'nobody depends on it',",
    );
  });

  it('tells services of one repository apart', () => {
    inFolder((folder) => {
      const files = synthInto(folder, (outdir) => {
        const root = new Project({ name: 'shop', outdir });
        declare(node('services/orders', root), {}, ['prod']);
        return root;
      });
      const { jobs, concurrency } = workflowOf(files, '.github/workflows/config-orders.yml');
      expect(concurrency.group).toBe('config-orders-${{ inputs.environment }}');
      expect(jobs.prod.environment).toBe('orders-prod');
      expect(jobs.prod.defaults.run['working-directory']).toBe(join('services', 'orders'));
    });
  });

  it('checks the declarations only where a workflow cannot reach the other stores', () => {
    const files = synth((outdir) => {
      const project = declare(node(outdir), {}, []);
      const config = SecretsConfig.of(project)!;
      config.use(SecretsProvider.githubActions(), { environments: ['prod'], variables: ['API_KEY'] });
      config.use(SecretsProvider.vault({ address: 'https://vault.internal' }), { environments: ['prod'] });
      return project;
    });
    const { jobs } = workflowOf(files);
    expect(jobs.prod.steps.at(-1).run).toBe('npx projen config:check prod');
    expect(jobs.prod.steps.at(-2).env).toEqual({
      API_KEY: '${{ secrets.API_KEY }}',
      PUBLIC_URL: '${{ vars.PUBLIC_URL }}',
    });
  });

  it('brings no workflow where there is nothing to run in it', () => {
    const files = synth((outdir) => declare(new Project({ name: 'orders', outdir })));
    expect(files).not.toHaveProperty(['.github/workflows/config.yml']);
    expect(files['.env.prod']).toContain('# API_KEY: secret, from GitHub, API_KEY');
  });

  it('refuses names that GitHub would', () => {
    const options = { environmentNames: { prod: 'a/b', qa: 'x' }, unprotected: { staging: ' ' } };
    expect(() => synth((outdir) => declare(node(outdir), options))).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 3 problems; nothing was written

        1. GitHub, environmentNames: names an environment whose secrets GitHub does not keep (got "qa")
           fix: use some of staging, prod, or choose GitHub for that environment too
        2. GitHub, environmentNames of prod: is no name of an environment (got "a/b")
           fix: use letters, digits, dashes, dots and blanks
        3. GitHub, unprotected staging: gives no reason
           fix: say why nobody has to protect it
      ]
    `);
    const reserved = (outdir: string) => {
      const project = declare(node(outdir));
      SecretsConfig.of(project)!.add('GITHUB_KEY', { secret: true, description: 'Is taken' });
      return project;
    };
    expect(() => synth(reserved)).toThrow('keeps no secret of such a name (got "GITHUB_KEY")');
  });
});
