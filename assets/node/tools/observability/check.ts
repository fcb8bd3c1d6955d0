import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, verdict } from './command.js';
import { readFacts } from './facts.js';
import { checkObjectives } from './objectives.js';

const PROMETHEUS = 'observability/prometheus';
const ALERTMANAGER = 'observability/alertmanager/alertmanager.yaml';

const facts = readFacts();
const [environment, ...rest] = process.argv.slice(2);
const known = Object.keys(facts.missing);
if (rest.length > 0 || (environment !== undefined && !known.includes(environment))) {
  console.error(`Usage: observe:check [${known.join(' | ')}]`);
  process.exit(2);
}

const findings = [
  ...checkRules(),
  ...checkAlertmanager(),
  ...checkObjectives(facts.objectives),
  ...checkEnvironment(environment),
];
for (const { what, output } of findings) {
  console.error(`✗ ${what}${output === '' ? '' : `\n${output}`}`);
}
if (findings.length === 0) {
  console.log(
    `Rules, tests, routes and objectives are in order${environment === undefined ? '' : `, and ${environment} has receivers`}.`,
  );
}
process.exitCode = findings.length === 0 ? 0 : 1;

function checkRules(): Finding[] {
  const rules = below(`${PROMETHEUS}/rules`);
  const tests = below(`${PROMETHEUS}/tests`);
  return [
    ...verdict('The rules are valid', 'promtool', ['check', 'rules', ...rules]),
    ...verdict('Each alert fires and resolves', 'promtool', ['test', 'rules', ...tests]),
  ];
}

function checkAlertmanager(): Finding[] {
  const config = verdict("Alertmanager's configuration is valid", 'amtool', ['check-config', ALERTMANAGER]);
  return config.length > 0 ? config : facts.routes.flatMap(({ labels, receiver }) => checkRoute(labels, receiver));
}

function checkRoute(labels: Readonly<Record<string, string>>, receiver: string): Finding[] {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return verdict(`${labels['alertname']} reaches ${receiver}`, 'amtool', [
    'config',
    'routes',
    'test',
    `--config.file=${ALERTMANAGER}`,
    `--verify.receivers=${receiver}`,
    ...pairs,
  ]);
}

function checkEnvironment(name: string | undefined): Finding[] {
  const missing = name === undefined ? [] : (facts.missing[name] ?? []);
  return missing.map((what) => ({ what: `${name}: ${what}`, output: '' }));
}

function below(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}
