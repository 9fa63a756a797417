import { z } from 'zod';

const counts = z.record(z.string(), z.number().int());

export const personExport = z
  .object({
    exportedAt: z.string(),
    notIncluded: z
      .array(z.string())
      .meta({ description: 'Data that others keep, and that cannot be exported or erased here.' }),
    data: z
      .record(z.string(), z.array(z.unknown()))
      .meta({ description: 'Rows by class of data, as they are stored.' }),
  })
  .meta({ id: 'PersonExport' });

export const erasureInput = z
  .strictObject({
    confirm: z
      .boolean()
      .optional()
      .meta({ description: 'True erases, for good. Otherwise only the counts are answered.' }),
  })
  .meta({ id: 'ErasureInput' });

export const erasure = z
  .object({
    isErased: z.boolean(),
    counts: counts.meta({ description: 'Rows that are removed or emptied, by class of data.' }),
    kept: counts.meta({ description: 'Rows that stay counted and say nothing of the person any more.' }),
    notErased: z.array(z.string()).meta({ description: 'Data that others keep.' }),
  })
  .meta({ id: 'Erasure' });
