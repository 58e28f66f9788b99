/** How to log attention, in three lines each. */

export interface Snippet {
  readonly name: string;
  readonly title: string;
  readonly code: string;
}

export const SNIPPETS: readonly Snippet[] = [
  {
    name: "trainer",
    title: "With the Trainer of transformers",
    code: [
      "from tb_attention import AttentionCallback",
      "",
      'probes = {"doctor-she": "The doctor asked the nurse a question. She"}',
      "trainer.add_callback(AttentionCallback(probes, every=100))",
    ].join("\n"),
  },
  {
    name: "lightning",
    title: "With PyTorch Lightning",
    code: [
      "from tb_attention import LightningAttentionCallback",
      "",
      'probes = {"doctor-she": "The doctor asked the nurse a question. She"}',
      "attention = LightningAttentionCallback(probes, every=100, tokenizer=tokenizer)",
      "trainer = Trainer(callbacks=[attention])",
    ].join("\n"),
  },
  {
    name: "logger",
    title: "In a loop of your own",
    code: [
      "from tb_attention import AttentionLogger",
      "",
      'logger = AttentionLogger("runs/first")  # or your SummaryWriter',
      'logger.log(model, "The doctor asked the nurse a question. She",',
      '           tag="doctor-she", step=step, tokenizer=tokenizer)',
    ].join("\n"),
  },
];
