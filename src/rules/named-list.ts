import { normal, type Scalar } from './scalar.ts';

/** A list in the form in which values are compared. */
type Comparable = { readonly values: readonly Scalar[]; readonly set: ReadonlySet<Scalar> };

/** One of the file's `lists:`. What conditions compare with is made once, however many rules ask for it. */
export class NamedList {
  readonly values: readonly Scalar[];
  readonly #forms = new Map<boolean, Comparable>();

  constructor(values: readonly Scalar[]) {
    this.values = values;
  }

  comparable(isCaseInsensitive: boolean): Comparable {
    let form = this.#forms.get(isCaseInsensitive);
    if (form === undefined) {
      const values = this.values.map((each) => normal(each, isCaseInsensitive));
      form = { values, set: new Set(values) };
      this.#forms.set(isCaseInsensitive, form);
    }
    return form;
  }
}
