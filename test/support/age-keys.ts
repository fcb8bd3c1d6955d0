/** Public keys of recipients in tests; their private parts were thrown away. */
export const age = {
  alice: 'age1pt9kgnksfu4wx6fedecdy0sqxr6pwhyuys6t8cpdpm34w7fk6pwqc7ve2t',
  staging: 'age1ddztp2kx09h54es33t6xagmg44y46jmgtm2pkwxqte6mcd0753jshzxrme',
  prod: 'age1kddyegvysl6n2dwr5kalags6x7g9gghd5wqzz7kh26n5570rqyesfhd0w8',
};
