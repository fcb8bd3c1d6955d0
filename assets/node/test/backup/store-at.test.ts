import { expect, it } from 'vitest';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { storeAt } from '../../src/platform/backup-stores/store-at.js';

const place = {
  config: { environment: 'prod' },
  service: 'orders',
  variable: 'BACKUP_STORE_URL',
  example: 's3://acme-backups',
  open: () => directory('unused'),
};

it.each(['s3://acme?region=eu-west-1', 'https://acme.blob.core.windows.net/c?sig=s3cret', 's3://key:s3cret@acme'])(
  'the store %s is refused, since half of its URL would have no effect',
  (url) => {
    expect(() => storeAt(url, place)).toThrow('BACKUP_STORE_URL has a login or parameters in it');
    expect(() => storeAt(url, place)).not.toThrow('s3cret');
  },
);
