import { ENDPOINTS } from '@luma-sync/luma-client';
import { describeContract, KNOWN_WEBHOOK_TYPES } from '@luma-sync/luma-contract';
import {
  compareFacts,
  type Facts,
  isRequestPart,
  lumaFacts,
  type PartChange,
  readJsonSchema,
  type Shape,
  webhookName,
} from '@luma-sync/luma-facts';

/** How luma-sync uses the place that changed. */
export type Use = 'sent' | 'read' | 'unused';

export interface UsedChange extends PartChange {
  use: Use;
  /** Something that luma-sync sends or reads is not as it was. */
  isTouched: boolean;
}

/** What changed from the kept table to this document, and what of it concerns luma-sync. */
export function findChanges(present: Facts): UsedChange[] {
  const contract = usedParts();
  return compareFacts(lumaFacts(), present).map((change) => {
    const shape = contract.get(change.part);
    const isUsed = shape !== undefined && isIn(shape, change.path);
    const use = !isUsed ? 'unused' : isRequestPart(change.part) ? 'sent' : 'read';
    return { ...change, use, isTouched: isTouched(change, use, shape !== undefined) };
  });
}

/** A new field concerns us only when it must be sent. */
function isTouched({ part, kind, what }: PartChange, use: Use, isPartUsed: boolean): boolean {
  if (kind !== 'added') return use !== 'unused';
  return isPartUsed && isRequestPart(part) && what.includes('must be there');
}

function usedParts(): Facts {
  const routes = Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${path} `);
  const webhooks = new Set(KNOWN_WEBHOOK_TYPES.map(webhookName));
  const parts = [...describeContract()].filter(
    ([part]) => webhooks.has(part) || routes.some((route) => part.startsWith(route)),
  );
  return new Map(parts.map(([part, schema]) => [part, readJsonSchema(schema)]));
}

/**
 * Whether a path of the table leads to something in a shape. Variants are not told apart: the contract may group them
 * otherwise.
 */
function isIn(shape: Shape, path: string): boolean {
  const steps = path
    .split(/<[^<>]*>/)
    .join('')
    .split(/\.|(?=\[\])|(?=\{\})/)
    .filter((step) => step !== '');
  let at: Shape[] = [shape];
  for (const step of steps) {
    at = at.flatMap((one) => variantsOf(one)).flatMap((one) => next(one, step));
    if (at.length === 0) return false;
  }
  return true;
}

const variantsOf = (shape: Shape): Shape[] =>
  shape.variants === undefined ? [shape] : Object.values(shape.variants).flatMap(variantsOf);

function next(shape: Shape, step: string): Shape[] {
  if (shape.type === 'any') return [shape];
  const under = step === '[]' ? shape.items : step === '{}' ? shape.values : shape.fields?.[step]?.shape;
  return under === undefined ? [] : [under];
}
