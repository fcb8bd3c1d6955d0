import { createHash } from 'node:crypto';

/**
 * What MariaDB keeps of a password. SHA-1 is weak for what people choose, not for 256 random bits.
 *
 * @see https://mariadb.com/docs/server/reference/plugins/authentication-plugins/authentication-plugin-mysql_native_password
 */
export function nativeHash(password: string): string {
  const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();
  return `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;
}
