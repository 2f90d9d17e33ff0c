/** Something an operator wrote or set keeps the program from working. The message alone tells what and what to do; no stack is needed. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
