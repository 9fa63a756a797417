import type { z } from 'zod';

/** Where something does not fit, and what to change. */
export interface FieldProblem {
  path: readonly PropertyKey[];
  message: string;
}

/** One entry for each fault: unknown fields one by one, and of a choice of forms the faults of the nearest one. */
export function toFieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
  return issues.flatMap((issue): FieldProblem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is an unknown field; leave it out' }));
    const nearest = issue.code === 'invalid_union' ? findNearest(issue.errors) : null;
    if (nearest === null) return [{ path: issue.path, message: issue.message }];
    return toFieldProblems(nearest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
  });
}

/** The form of whose kind the value is, so that the fault lies within it; null when it is of none, or of several. */
function findNearest(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const isOfKind = (issues: readonly z.core.$ZodIssue[]) =>
    issues.every(({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value'));
  const near = branches.filter((issues) => issues.length > 0 && isOfKind(issues));
  return near.length === 1 ? (near[0] ?? null) : null;
}
