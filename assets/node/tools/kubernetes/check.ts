import { join } from 'node:path';
import { type EnvironmentFacts, environmentOf, Failure, readFacts, run, tellMissing } from './facts.js';
import { build } from './kustomize.js';

run(() => {
  const [environment, ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new Failure('Say one environment, or none: k8s:check [environment]');
  const facts = readFacts();
  if (environment === undefined) {
    for (const name of Object.keys(facts.environments)) build(join('k8s', 'overlays', name));
    console.log(`The manifests of ${Object.keys(facts.environments).join(', ')} can be put together.`);
    return;
  }
  const standing = environmentOf(facts, environment);
  tell(environment, standing);
  build(join('k8s', 'overlays', environment));
  if (standing.missing.length === 0)
    console.log(`${environment} is configured, and its manifests can be put together.`);
});

/** What is missing comes first: it needs no program to be found. */
function tell(environment: string, { missing, notes }: EnvironmentFacts): void {
  tellMissing(environment, missing);
  for (const note of notes) console.log(`${note}.`);
  if (missing.length > 0) process.exitCode = 1;
}
