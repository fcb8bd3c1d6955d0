import { randomBytes } from 'node:crypto';

/** 256 random bits that need no quoting, neither in a URL nor in SQL. */
export function newPassword(): string {
  return randomBytes(32).toString('base64url');
}
