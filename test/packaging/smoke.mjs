// Synthesizes a service with the installed npm package: node smoke.mjs <outdir>
import { Database, NodeServiceProject } from '@riso/projen';

const service = new NodeServiceProject({
  name: 'orders',
  database: Database.SQLITE,
  outdir: process.argv[2],
});
service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
service.synth();
