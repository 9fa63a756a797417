import pg from 'pg';

export interface Statement {
  text: string;
  values: unknown[];
}

let recorded: Statement[] = [];

/** Notes each statement with its values, as Prisma sends it. */
export class RecordingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen forms of it
  override query(config: any, ...rest: any[]): any {
    if (typeof config === 'object' && config !== null && typeof config.text === 'string')
      recorded.push({ text: config.text, values: config.values ?? [] });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return (super.query as any)(config, ...rest);
  }
}

/** The statements that `run` sends. */
export async function record(run: () => Promise<unknown>): Promise<Statement[]> {
  recorded = [];
  await run();
  return recorded.filter(({ text }) => /^\s*(select|with)/i.test(text));
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

export interface PlanFindings {
  /** Sequential scans of tables that grow. */
  scans: string[];
  /** Sorts of more rows than `sortedMax`. */
  sorts: string[];
  /** Pages of 8 kB that were read in all. */
  blocks: number;
}

/** What the plans of these statements do. @param big Tables of which a sequential scan takes longer each month. */
export async function explain(
  pool: pg.Pool,
  statements: readonly Statement[],
  { big, sortedMax }: { big: ReadonlySet<string>; sortedMax: number },
): Promise<PlanFindings> {
  const findings: PlanFindings = { scans: [], sorts: [], blocks: 0 };
  for (const { text, values } of statements) {
    const { rows } = await pool.query({ text: `explain (analyze, buffers, format json) ${text}`, values });
    const { Plan: plan } = rows[0]['QUERY PLAN'][0] as { Plan: PlanNode };
    findings.blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    for (const node of nodesOf(plan)) {
      const table = node['Relation Name'] ?? '';
      if (node['Node Type'] === 'Seq Scan' && big.has(table)) findings.scans.push(`${table}: ${text}`);
      const sorted = node['Node Type'] === 'Sort' ? (node.Plans?.[0]?.['Actual Rows'] ?? 0) : 0;
      if (sorted > sortedMax) findings.sorts.push(`${sorted} rows: ${text}`);
    }
  }
  return findings;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
