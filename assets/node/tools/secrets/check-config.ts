import { readFacts } from './facts.js';

const facts = readFacts();
const [environment = process.env['APP_ENV'] ?? 'dev'] = process.argv.slice(2);
const missing = facts.variables.filter(({ states }) => states[environment] === 'missing').map(({ name }) => name);
for (const name of missing) console.error(`${name} is not configured for ${environment}, which cannot do without it.`);
if (missing.length === 0) console.log(`The configuration for ${environment} is in order.`);
process.exitCode = missing.length === 0 ? 0 : 1;
