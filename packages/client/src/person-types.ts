/* The data of one person: export and erasure. */

export interface PersonExport {
  exportedAt: string;
  /** Data that others keep. */
  notIncluded: string[];
  /** Rows by class of data, as they are stored. */
  data: Record<string, unknown[]>;
}

export interface PersonErasure {
  /** False: only counted. */
  isErased: boolean;
  /** Rows that are removed or emptied, by class of data. */
  counts: Record<string, number>;
  /** Rows that stay counted and say nothing of the person any more. */
  kept: Record<string, number>;
  /** Data that others keep. */
  notErased: string[];
}
