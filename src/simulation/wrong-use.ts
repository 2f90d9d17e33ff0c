/** What was asked for on the command line cannot be done. The message alone tells what and what to do. */
export class WrongUse extends Error {
  override readonly name: string = 'WrongUse';
}
