/**
 * Someone or something that can decrypt secrets, by a public key.
 *
 * @example
 * SopsRecipient.age('Alice', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p');
 */
export class SopsRecipient {
  /**
   * A recipient with an age key, which is what new keys should be.
   *
   * @param name whose key it is; written beside the key, for whoever reviews who can read what
   * @param publicKey the line that `age-keygen -y` prints, or the public part of an SSH key
   */
  public static age(name: string, publicKey: string): SopsRecipient {
    return new SopsRecipient(name, 'age', publicKey);
  }

  /**
   * A recipient with a PGP key.
   *
   * @param name whose key it is
   * @param fingerprint all of it, as `gpg --fingerprint` prints it; short key ids can be forged
   */
  public static pgp(name: string, fingerprint: string): SopsRecipient {
    return new SopsRecipient(name, 'pgp', fingerprint.replace(/\s/g, ''));
  }

  private constructor(
    /** Whose key it is. */
    public readonly name: string,
    /** The kind of the key: `age` or `pgp`. */
    public readonly keyKind: string,
    /** The public key, or the fingerprint of one. */
    public readonly key: string,
  ) {}
}
