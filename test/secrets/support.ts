import { javascript, Project } from 'projen';
import { SecretsConfig } from '../../src/secrets';
import type { Fact } from '../../src/service';
import { type Files, synth } from '../support/synth';

/** The configuration of a Node project that has nothing else. */
export function nodeConfig(...facts: Fact[]): Files {
  return synth((outdir) =>
    stated(new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' }), facts),
  );
}

/** The configuration of a project that is no Node project. */
export function plainConfig(...facts: Fact[]): Files {
  return synth((outdir) => stated(new Project({ name: 'orders', outdir }), facts));
}

function stated<T extends Project>(project: T, facts: Fact[]): T {
  const { service } = new SecretsConfig(project);
  for (const fact of facts) {
    service.state(fact);
  }
  return project;
}
