/** Wakes a loop that waits. A ring is never lost: when nobody waits, the next wait ends at once. */
export class Bell {
  #isRung = false;
  #wake: () => void = () => undefined;

  /** Says that there may be something to do. */
  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Forgets the rings so far; call it before looking at what they told of. */
  clear(): void {
    this.#isRung = false;
  }

  /** Resolves when it was rung since `clear`, or after `ms`. */
  wait(ms: number): Promise<void> {
    if (this.#isRung) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
