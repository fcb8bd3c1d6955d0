import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assembly } from '@jsii/spec';
import { renderReference } from './api-reference/render';

const library = join(__dirname, '..');
const assembly: Assembly = JSON.parse(readFileSync(join(library, '.jsii'), 'utf8'));
writeFileSync(join(library, 'API.md'), renderReference(assembly));
