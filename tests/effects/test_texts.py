"""What is predicted of a text: with padding, packed documents, masks, and an encoder beside it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch.nn import functional

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tb_attention.record.probes import Repeated
from tests.support.architecture_rows import DECODERS, ENCODERS, PAIRS
from tests.support.architectures import config_of
from tests.support.cut_heads import ALL, large
from tests.support.models import gpt2
from tests.support.sizes import WORDS
from tests.support.tokenizers import byte_level, sentencepiece, tokenizer

IDS = [5, 3, 8, 5, 3, 9, 10, 4]
NAMES = {f" w{token}": token for token in range(WORDS)}


def llama() -> Any:
    torch.manual_seed(0)
    return large(
        transformers.AutoModelForCausalLM.from_config(config_of("llama", DECODERS["llama"]))
    )


def bert() -> Any:
    torch.manual_seed(0)
    config = config_of("bert", ENCODERS["bert"])
    config.mask_token_id = 4
    return large(transformers.AutoModelForMaskedLM.from_config(config))


def found(model: Any, given: Any, names: Any = None, **options: Any) -> Capture:
    captured = capture(model, given, names, decoder=options.get("decoder"))
    return measure_effects(model, given, names, capture=captured, **options)


@torch.no_grad()
def losses(logits: torch.Tensor, ids: list[int]) -> list[float]:
    """Of every token but the first."""
    return functional.cross_entropy(
        logits[0, :-1].float(), torch.tensor(ids[1:]), reduction="none"
    ).tolist()


@pytest.mark.parametrize("replace", ["zero", "mean"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_changes_nothing(side: str, replace: Any) -> None:
    """Padding that is a token of the text, too."""
    model, count, options = llama(), 3, Effects(exact="all", replace=replace)
    expected = found(model, IDS, effects=options).effects[0]
    padding, real = [IDS[0]] * count, [1] * len(IDS)
    ids, mask = (
        (padding + IDS, [0] * count + real)
        if side == "left"
        else (IDS + padding, real + [0] * count)
    )
    positions = [0] * count + list(range(len(IDS))) if side == "left" else list(range(len(ids)))
    given = {
        "input_ids": torch.tensor([ids]),
        "attention_mask": torch.tensor([mask]),
        "position_ids": torch.tensor([positions]),
    }
    one = found(model, given, effects=options)
    (effect,) = one.effects
    assert len(one.sequences[0]) == len(one.sequences[0].losses) == len(IDS)
    assert effect.value == pytest.approx(expected.value, abs=1e-5)
    for row, exact in effect.exact.items():
        np.testing.assert_allclose(exact, expected.exact[row], atol=1e-5)
        np.testing.assert_allclose(effect.estimate[row], expected.estimate[row], atol=1e-5)


def test_no_document_is_predicted_from_another_one() -> None:
    model, second = llama(), [7, 2, 11, 6, 9]
    positions = [*range(len(IDS)), *range(len(second))]
    given = {
        "input_ids": torch.tensor([IDS + second]),
        "position_ids": torch.tensor([positions]),
    }
    one = found(model, given, effects=ALL)
    expected = [math.nan, *losses(model(torch.tensor([IDS])).logits, IDS)]
    expected += [math.nan, *losses(model(torch.tensor([second])).logits, second)]
    np.testing.assert_allclose(one.sequences[0].losses, expected, atol=1e-5)
    assert one.effects[0].value == pytest.approx(np.nanmean(expected), abs=1e-5)
    assert all(np.isfinite(exact).all() for exact in one.effects[0].exact.values())


def test_the_loss_of_masked_tokens() -> None:
    model, masked = bert(), [IDS[0], 4, *IDS[2:5], 4, *IDS[6:]]
    one = found(model, masked[:7], labels=IDS[:7], effects=ALL)
    with torch.no_grad():
        logits = model(torch.tensor([masked[:7]])).logits[0]
    expected = functional.cross_entropy(logits[[1, 5]], torch.tensor([3, 9]), reduction="none")
    values = np.array(one.sequences[0].losses)
    np.testing.assert_allclose(values[[1, 5]], expected, atol=1e-5)
    assert np.isnan(np.delete(values, [1, 5])).all()
    assert one.effects[0].value == pytest.approx(float(expected.mean()), abs=1e-5)


def test_labels_below_0_are_not_predicted() -> None:
    model, text = bert(), [4, 3, 4, 5]
    one = found(model, text, NAMES, labels=[-100, -100, 8, -100], effects=ALL)
    assert [math.isnan(loss) for loss in one.sequences[0].losses] == [True, True, False, True]


def test_labels_that_are_a_text() -> None:
    torch.manual_seed(0)
    config = config_of("bert", ENCODERS["bert"])
    model, names = large(transformers.AutoModelForMaskedLM.from_config(config)), tokenizer()
    one = found(model, "she asked the doctor", names, labels="she asked the nurse", effects=ALL)
    assert [math.isnan(loss) for loss in one.sequences[0].losses] == [True] * 4 + [False, True]


def test_labels_that_do_not_fit() -> None:
    model = bert()
    with pytest.raises(InvalidInput, match="labels have 2 tokens and the text 3"):
        found(model, [5, 4, 8], labels=[5, 6], effects=ALL)
    with pytest.raises(InvalidInput, match="no token of the text is masked"):
        found(model, [5, 3, 8], labels=[5, 3, 8], effects=ALL)
    with pytest.raises(InvalidInput, match="labels are for models that fill masks"):
        found(llama(), IDS, labels=IDS, effects=ALL)


def test_an_encoder_without_labels_has_no_loss() -> None:
    one = found(bert(), IDS, effects=ALL)
    assert (one.effects, one.sequences[0].losses) == ((), ())
    assert "give labels" in one.notes[-1]


def test_answers_stand_in_the_place_of_the_mask() -> None:
    model, text = bert(), [5, 3, 4, 9]
    one = found(model, text, NAMES, answers=(" w7", " w8"), effects=ALL)
    (effect,) = one.effects
    with torch.no_grad():
        logits = model(torch.tensor([text])).logits[0, 2]
    assert effect.value == pytest.approx(float(logits[7] - logits[8]), abs=1e-5)
    assert (effect.number, effect.answers.at) == ("answer", 2)
    assert all(np.isfinite(exact).all() for exact in effect.exact.values())
    with pytest.raises(InvalidInput, match="no mask token"):
        found(model, [5, 3, 9], NAMES, answers=(" w7", " w8"))
    with pytest.raises(InvalidInput, match="2 mask tokens"):
        found(model, [4, 3, 4], NAMES, answers=(" w7", " w8"))


def test_the_text_of_a_decoder_is_what_is_predicted() -> None:
    torch.manual_seed(0)
    model = large(transformers.AutoModelForSeq2SeqLM.from_config(config_of("bart", PAIRS["bart"])))
    target = [2, 7, 12, 9, 33]
    one = found(model, IDS, decoder=target, names=NAMES, answers=(" w7", " w8"), effects=ALL)
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([IDS]), decoder_input_ids=torch.tensor([target])
        ).logits
    by_name = {sequence.name: sequence for sequence in one.sequences}
    assert by_name["encoder"].losses == ()
    np.testing.assert_allclose(by_name["decoder"].losses[1:], losses(logits, target), atol=1e-5)
    loss, answer = one.effects
    assert answer.value == pytest.approx(float(logits[0, -1, 7] - logits[0, -1, 8]), abs=1e-5)
    assert {stack for stack, _ in loss.exact} == {"encoder", "decoder", "cross"}


def test_one_token_has_no_loss() -> None:
    one = found(llama(), [5], effects=ALL)
    assert one.effects == ()
    assert "one token" in one.notes[-1]


def test_a_model_without_its_head_has_no_loss() -> None:
    model = gpt2().transformer
    one = found(model, IDS, effects=ALL)
    assert one.effects == ()
    assert "GPT2Model returns no logits" in one.notes[-1]


def test_what_is_no_text_has_no_loss() -> None:
    one = found(llama(), torch.randn(1, 6, 32), effects=ALL)
    assert one.effects == ()
    assert "no token ids" in one.notes[-1]


def test_the_built_in_probe_and_layers_that_are_chosen() -> None:
    model = llama()
    probe = Repeated(tokens=8)
    captured = capture(model, probe, layers=[1])
    one = measure_effects(model, probe, capture=captured, effects=ALL)
    assert list(one.effects[0].exact) == [("decoder", 1)]
    whole = found(model, probe, effects=ALL).effects[0]
    np.testing.assert_allclose(
        one.effects[0].exact["decoder", 1], whole.exact["decoder", 1], atol=1e-6
    )


def test_answers_that_are_no_tokens_say_their_tokens() -> None:
    model = large(gpt2(vocab_size=300))
    with pytest.raises(InvalidInput, match=r"is 5 tokens \(.*\), not one"):
        found(model, IDS, byte_level(), answers=("zzzzz", "a"))
    with pytest.raises(InvalidInput, match="need a tokenizer"):
        found(model, IDS, answers=("zz", "a"))


def test_a_space_too_many_is_told_from_a_word_that_is_no_token() -> None:
    model = large(gpt2(vocab_size=300))
    with pytest.raises(InvalidInput, match="give 'the', which is one token"):
        found(model, IDS, sentencepiece(), answers=(" the", "t"))


def test_a_place_may_be_counted_from_the_end() -> None:
    one, other = (
        found(llama(), IDS, NAMES, answers=(" w7", " w8"), at=at).effects[0] for at in (-2, 6)
    )
    assert one == other
