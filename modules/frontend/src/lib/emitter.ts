export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Arrow functions, so that both can be handed to React as they are. */
  readonly subscribe = (listener: (value: T) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly emit = (value: T): void => {
    for (const listener of this.#listeners) listener(value);
  };
}
