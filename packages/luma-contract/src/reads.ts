import { z } from 'zod';

/** What a schema reads that its own form does not show, since a function does it. */
export interface Reads {
  /** The values of an enum that may grow. */
  values?: readonly string[];
  /** What reads the elements of a list, one by one. */
  items?: z.ZodType;
  /** What reads the same object together. */
  parts?: readonly z.ZodType[];
  /** Fields that are read under another name than they come by. */
  turned?: z.ZodType;
}

const known = new WeakMap<object, Reads>();

/** Notes what a schema reads, for {@link toSchemaOfInput}. */
export function reading<S extends z.ZodType>(schema: S, reads: Reads): S {
  known.set(schema, reads);
  return schema;
}

/** A JSON Schema, as an object. */
export type SchemaOfInput = Record<string, unknown>;

/**
 * What a schema takes, as a JSON Schema: the side of the wire, before anything is renamed or turned. It holds the
 * fields of Luma's present shapes;
 * what `unwrap` makes of old ones is not in it.
 *
 * @param isTurnedShown Whether fields are in it that keep no name of their own.
 */
export function toSchemaOfInput(schema: z.ZodType, isTurnedShown = true): SchemaOfInput {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { values, items, parts = [], turned } = known.get(zodSchema) ?? {};
      if (values !== undefined) jsonSchema.enum = [...values];
      if (items !== undefined) jsonSchema.items = toSchemaOfInput(items, isTurnedShown);
      const all = turned === undefined || !isTurnedShown ? parts : [...parts, turned];
      if (all.length > 0) jsonSchema.allOf = all.map((part) => toSchemaOfInput(part, isTurnedShown));
    },
  });
}
