import type { Scalar, Shape } from './shape.js';

/** The values of the field that tells variants apart. */
export const valuesOf = (shape: Shape, discriminator: string): readonly Scalar[] =>
  shape.fields?.[discriminator]?.shape.enum ?? [];

/**
 * A name for each variant of a union: `type=manual` where a field tells them apart, `type=text+9` when nine more values
 * mean the same. Else what is
 * constant in it, or its type; with a number when that comes twice.
 */
export function labelsOf(variants: readonly Shape[], discriminator: string | null): string[] {
  const labels = variants.map((shape) =>
    discriminator === null ? byConstants(shape) : byValue(discriminator, valuesOf(shape, discriminator)),
  );
  return labels.map((label, index) =>
    labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label}#${index + 1}`,
  );
}

const byValue = (name: string, [first, ...more]: readonly Scalar[]): string =>
  `${name}=${first}${more.length === 0 ? '' : `+${more.length}`}`;

function byConstants(shape: Shape): string {
  const constants = Object.entries(shape.fields ?? {}).flatMap(([name, { shape: own, isRequired }]) =>
    isRequired && own.enum?.length === 1 ? [`${name}=${own.enum[0]}`] : [],
  );
  return constants.length === 0 ? shape.type : constants.join(',');
}
