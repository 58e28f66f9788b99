"""A training on several processes, for tests/integrations/test_distributed.py.

torchrun starts it, each way of training logs to a directory of its own. Beside the log directory of
each way stand its weights after the last step, gathered by torch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
import transformers
from accelerate import Accelerator
from peft import LoraConfig, get_peft_model
from torch import distributed
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard
from torch.nn.parallel import DistributedDataParallel

from tb_attention import AttentionCallback, AttentionLogger, LightningAttentionCallback
from tests.support.models import gpt2

torch.set_num_threads(1)
PROBE = [5, 6, 7, 8, 5, 6]
STEPS = 4


def lora() -> Any:
    return get_peft_model(
        gpt2(dropout=0.0), LoraConfig(target_modules=["c_attn"], fan_in_fan_out=True)
    )


def data() -> list[dict[str, torch.Tensor]]:
    """Examples of eight tokens."""
    ids = torch.randint(3, 50, (40, 8), generator=torch.Generator().manual_seed(0))
    return [{"input_ids": row, "labels": row} for row in ids]


def own_batch(step: int) -> torch.Tensor:
    """[2, 8]: what this process is given."""
    rank = distributed.get_rank()
    return torch.stack(
        [row["input_ids"] for row in data()[4 * step + 2 * rank : 4 * step + 2 * rank + 2]]
    )


def loop(directory: Path, model: Any, *, ahead: bool = False) -> Any:
    """A loop of one's own, the same lines on all processes.

    ahead: as the callbacks do it, which do not see the forward pass.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    with AttentionLogger(directory, every=2) as logger:
        for step in range(STEPS):
            logger.log(model, PROBE, tag="probe", step=step)
            ids = own_batch(step)
            batch = {"tag": "batch", "step": step, "examples": (1,)}
            if ahead and step % 2 == 0:
                logger.capture_next(model, **batch)
            with nullcontext() if ahead else logger.capture(model, **batch):
                loss = model(input_ids=ids, labels=ids).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        logger.log(model, PROBE, tag="probe", step=STEPS)
    return model


def ddp(directory: Path) -> Any:
    return loop(directory, DistributedDataParallel(gpt2(dropout=0.0)))


def compiled_ddp(directory: Path) -> Any:
    return loop(
        directory, torch.compile(DistributedDataParallel(gpt2(dropout=0.0)), backend="eager")
    )


def lora_ddp(directory: Path) -> Any:
    return loop(directory, DistributedDataParallel(lora()))


def fsdp1(directory: Path) -> Any:
    return loop(
        directory,
        FullyShardedDataParallel(
            gpt2(dropout=0.0), device_id=torch.device("cpu"), use_orig_params=True
        ),
        ahead=True,
    )


def fsdp2(directory: Path) -> Any:
    model = gpt2(dropout=0.0)
    mesh = init_device_mesh("cpu", (distributed.get_world_size(),))
    for block in model.transformer.h:
        fully_shard(block, mesh=mesh)
    fully_shard(model, mesh=mesh)
    return loop(directory, model, ahead=True)


def trainer(directory: Path) -> Any:
    arguments = transformers.TrainingArguments(
        output_dir=str(directory),
        max_steps=STEPS,
        per_device_train_batch_size=2,
        learning_rate=1e-2,
        use_cpu=True,
        disable_tqdm=True,
        save_strategy="no",
        report_to=["tensorboard"],
        ddp_backend="gloo",
    )
    callback = AttentionCallback({"probe": PROBE}, every=2, examples=(1,))
    training = transformers.Trainer(
        gpt2(dropout=0.0), arguments, train_dataset=data(), callbacks=[callback]
    )
    training.train()
    return training.model


def accelerate(directory: Path) -> Any:
    accelerator = Accelerator(cpu=True, log_with="tensorboard", project_dir=directory)
    accelerator.init_trackers("run")
    model = gpt2(dropout=0.0)
    loader = torch.utils.data.DataLoader(data(), batch_size=2)  # type: ignore[arg-type]
    model, optimizer, loader = accelerator.prepare(
        model, torch.optim.AdamW(model.parameters(), lr=1e-2), loader
    )
    with AttentionLogger(accelerator.get_tracker("tensorboard", unwrap=True), every=2) as logger:
        for step, batch in zip(range(STEPS), loader, strict=False):
            logger.log(model, PROBE, tag="probe", step=step)
            with logger.capture(model, tag="batch", step=step, examples=(1,)):
                loss = model(**batch).loss
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            accelerator.log({"loss": loss.item()}, step=step)
        logger.log(model, PROBE, tag="probe", step=STEPS)
    accelerator.end_training()
    return accelerator.unwrap_model(model)


class Module(lightning.LightningModule):
    """Trains the model."""

    def __init__(self) -> None:
        super().__init__()
        self.net = gpt2(dropout=0.0)

    def training_step(self, batch: Any, index: int) -> Any:
        return self.net(**batch).loss

    def configure_optimizers(self) -> Any:
        return torch.optim.AdamW(self.parameters(), lr=1e-2)


def lightning_ddp(directory: Path) -> Any:
    module = Module()
    training = lightning.Trainer(
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        max_steps=STEPS,
        default_root_dir=directory,
        callbacks=[LightningAttentionCallback({"probe": PROBE}, every=2, examples=(1,))],
        logger=lightning.loggers.TensorBoardLogger(directory),
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    training.fit(module, torch.utils.data.DataLoader(data(), batch_size=2))  # type: ignore[arg-type]
    return module.net


def whole_weights(model: Any) -> dict[str, torch.Tensor]:
    """All parameters, on every process."""
    if isinstance(model, FullyShardedDataParallel):
        # Its state dict breaks down on a CPU.
        with FullyShardedDataParallel.summon_full_params(model):
            return {
                name: parameter.detach().clone()
                for name, parameter in model.module.named_parameters()
            }
    return get_model_state_dict(
        model, options=StateDictOptions(full_state_dict=True, cpu_offload=True)
    )


WAYS: list[Callable[[Path], Any]] = [
    ddp,
    compiled_ddp,
    lora_ddp,
    fsdp1,
    fsdp2,
    trainer,
    lightning_ddp,
    accelerate,
]


def main() -> None:
    distributed.init_process_group("gloo")
    for way in WAYS:
        directory = Path(sys.argv[1]) / way.__name__
        model = way(directory)
        state = whole_weights(model)
        if os.environ["RANK"] == "0":
            torch.save(state, directory.with_suffix(".pt"))
    assert not distributed.is_initialized(), "accelerate, the last one, has ended it"


if __name__ == "__main__":
    main()
