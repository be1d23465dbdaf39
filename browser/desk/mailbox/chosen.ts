// Which reports of the list are chosen for something that is done to several at once: in the order chosen, by mouse or keyboard.
export class Chosen {
  private readonly threads = new Set<string>()

  constructor(private readonly onChange: () => void) {}

  get all(): string[] {
    return [...this.threads]
  }

  has(thread: string): boolean {
    return this.threads.has(thread)
  }

  set(thread: string, on: boolean): void {
    if (on) this.threads.add(thread)
    else this.threads.delete(thread)
    this.onChange()
  }

  toggle(thread: string): void {
    this.set(thread, !this.has(thread))
  }

  add(threads: Iterable<string>): void {
    for (const thread of threads) this.threads.add(thread)
    this.onChange()
  }

  /** Only what can still be chosen stays chosen. */
  keep(threads: Set<string>): void {
    const gone = this.all.filter((thread) => !threads.has(thread))
    for (const thread of gone) this.threads.delete(thread)
    if (gone.length) this.onChange()
  }

  leave(threads: string[]): void {
    for (const thread of threads) this.threads.delete(thread)
    this.onChange()
  }

  clear(): void {
    this.threads.clear()
    this.onChange()
  }
}
