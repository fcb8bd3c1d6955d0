import { extname } from 'node:path';

type Comment = (text: string) => string;

const HASH: Comment = (text) => `# ${text}`;
const SLASHES: Comment = (text) => `// ${text}`;
const MARKUP: Comment = (text) => `<!-- ${text} -->`;

const BY_EXTENSION: Record<string, Comment> = {
  '.cjs': SLASHES,
  '.css': (text) => `/* ${text} */`,
  '.html': MARKUP,
  '.js': SLASHES,
  '.json': SLASHES,
  '.jsonc': SLASHES,
  '.md': MARKUP,
  '.mjs': SLASHES,
  '.mts': SLASHES,
  '.prisma': SLASHES,
  '.sql': (text) => `-- ${text}`,
  '.svg': MARKUP,
  '.ts': SLASHES,
  '.tsx': SLASHES,
  '.xml': MARKUP,
};

/**
 * How a one-line comment is written in a file of this name; `#` where the ending is unknown.
 */
export function commentFor(path: string): Comment {
  return BY_EXTENSION[extname(path)] ?? HASH;
}
