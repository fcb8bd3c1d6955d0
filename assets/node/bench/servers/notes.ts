/** The client that Prisma generates from the model of the benchmark. */
export interface Notes {
  readonly note: {
    findUniqueOrThrow(query: { where: { id: number } }): Promise<{ id: number; text: string }>;
  };
}
