/** Something the person who ran a verb can mend; its message is all there is to print. */
export class Failure extends Error {}
