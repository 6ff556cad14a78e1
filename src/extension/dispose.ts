import type { Disposable } from 'vscode';

/** Owns disposables and frees them once. */
export class Disposer {
  protected readonly owned: Disposable[] = [];
  protected disposed = false;

  protected own<T extends Disposable>(disposable: T): T {
    if (this.disposed) disposable.dispose();
    else this.owned.push(disposable);
    return disposable;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const disposable of this.owned.splice(0).reverse()) disposable.dispose();
  }
}
