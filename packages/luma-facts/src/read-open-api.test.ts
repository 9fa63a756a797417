import { describe, expect, it } from '@jest/globals';
import { fromTable, type Shape, toTable } from './index.js';
import { readOpenApi } from './read-open-api.js';

const documentWith = (schema: object, schemas: object = {}) => ({
  openapi: '3.1.0',
  paths: { '/v1/a': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
  components: { schemas },
});
const bodyOf = (document: object): Shape | undefined => readOpenApi(document).get('POST /v1/a body');
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });

describe('a document is read', () => {
  it('with what its references and allOf say', () => {
    const document = documentWith(
      { allOf: [{ $ref: '#/components/schemas/Id' }, object({ name: { type: 'string' } }, ['name'])] },
      { Id: object({ id: { type: 'string', minLength: 1 } }, ['id']) },
    );
    expect(bodyOf(document)?.fields).toEqual({
      id: { shape: { type: 'string', minLength: 1 }, isRequired: true },
      name: { shape: { type: 'string' }, isRequired: true },
    });
  });

  it('when a reference names itself again', () => {
    const document = documentWith(
      { $ref: '#/components/schemas/Tree' },
      { Tree: object({ child: { $ref: '#/components/schemas/Tree' } }) },
    );
    expect(bodyOf(document)?.fields?.child?.shape).toEqual({ type: 'any' });
  });

  it.each([
    ['anyOf with null', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['a list of types', { type: ['string', 'null'] }],
    ['nullable', { type: 'string', nullable: true }],
  ])('with null written as %s', (_, schema) => {
    expect(bodyOf(documentWith(schema))).toEqual({ type: 'string', nullable: true });
  });

  it('with constants that differ alone as one list', () => {
    const kind = (value: string) => object({ kind: { type: 'string', const: value }, n: { type: 'number' } }, ['kind']);
    expect(bodyOf(documentWith({ oneOf: [kind('b'), kind('a')] }))?.fields?.kind?.shape.enum).toEqual(['a', 'b']);
  });

  it('into rows that tell the variants of a union by the field that does', () => {
    const variant = (type: string, field: string) =>
      object({ type: { type: 'string', const: type }, [field]: { type: 'string' } }, ['type', field]);
    const facts = readOpenApi(documentWith({ oneOf: [variant('manual', 'address'), variant('google', 'place_id')] }));
    const table = toTable(facts);
    expect(Object.keys(table.parts['POST /v1/a body'] ?? {})).toEqual([
      '',
      '<type=google>',
      '<type=google>.place_id',
      '<type=google>.type',
      '<type=manual>',
      '<type=manual>.address',
      '<type=manual>.type',
    ]);
    expect(fromTable(table)).toEqual(facts);
  });

  it('with names that hold the signs of a path', () => {
    const facts = readOpenApi(documentWith(object({ 'a.b[]': object({ '<c>': { type: 'array', items: {} } }) })));
    expect(fromTable(toTable(facts))).toEqual(facts);
  });

  it.each([
    [[], 'The document is not a JSON object.'],
    [{ swagger: '2.0', paths: {} }, 'The document is not an OpenAPI 3 document: it has no field "openapi" of 3.x.'],
    [{ openapi: '3.1.0' }, 'The OpenAPI document has no "paths".'],
    [
      documentWith({ $ref: '#/components/schemas/None' }),
      'The OpenAPI document is broken: the reference #/components/schemas/None leads nowhere.',
    ],
  ])('or refused in a sentence: %j', (document, sentence) => {
    expect(() => readOpenApi(document)).toThrow(sentence);
  });
});
