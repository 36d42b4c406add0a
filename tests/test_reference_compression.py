"""Compressed weights against mathematics: rounding bounds, optimal ranks, exact patterns, merged adapters."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from reference.distillation import distillation_loss
from reference.lora import LoRA
from reference.low_rank import factorised, truncated_svd
from reference.pruning import (
    bytes_two_of_four,
    magnitude_mask,
    two_of_four_mask,
    wanda_mask,
    wanda_score,
)
from reference.weight_quantization import gptq, packed, round_to_nearest, unpacked

few = settings(max_examples=30, deadline=None)


def matrix(rows, columns, seed=0, spread=1.0):
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)) * spread


def correlated(samples, width, seed=0):
    """Inputs as layers see them: directions of very different strength."""
    return matrix(samples, width, seed) @ (matrix(width, width, seed + 1) * torch.logspace(0, -2, width)[:, None])


# Quantization


@few
@given(rows=st.integers(1, 8), groups=st.integers(1, 4), bits=st.sampled_from([4, 8]), power=st.integers(-8, 3))
def test_rounding_errs_by_half_a_step_at_most(rows, groups, bits, power):
    weight = matrix(rows, 8 * groups, rows, 10.0**power)
    stored = round_to_nearest(weight, bits=bits, group=8)
    error = (stored.dequantized() - weight).abs().unflatten(1, (-1, 8))
    assert (error <= stored.scales.float()[..., None] / 2 * (1 + 1e-5)).all()


@few
@given(rows=st.integers(1, 5), pairs=st.integers(1, 20), seed=st.integers(0, 99))
def test_two_codes_fit_a_byte_and_come_back(rows, pairs, seed):
    codes = torch.randint(-8, 8, (rows, 2 * pairs), generator=torch.Generator().manual_seed(seed)).to(torch.int8)
    assert packed(codes).numel() == rows * pairs
    assert (unpacked(packed(codes)) == codes).all()


def test_bytes_are_those_of_codes_and_scales():
    weight = matrix(64, 128)
    assert round_to_nearest(weight, bits=8).nbytes == 64 * 128 + 64 * 2
    assert round_to_nearest(weight, bits=4, group=32).nbytes == 64 * 128 // 2 + 64 * 4 * 2


def test_smaller_groups_and_more_bits_err_less():
    weight = matrix(64, 128)
    errors = [
        float((round_to_nearest(weight, bits=bits, group=group).dequantized() - weight).norm())
        for bits, group in ((4, 128), (4, 32), (4, 8), (8, 128))
    ]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize(("bits", "group", "inputs"), [(4, 3, 8), (3, 8, 8), (4, None, 7)])
def test_shapes_that_do_not_fit_are_refused(bits, group, inputs):
    with pytest.raises(ValueError, match="do not fit"):
        round_to_nearest(matrix(4, inputs), bits=bits, group=group)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("group", [8, 32])
def test_gptq_keeps_the_output_of_a_layer_better_than_rounding(seed, group):
    weight, inputs = matrix(24, 32, seed), correlated(256, 32, seed + 50)
    nearest = round_to_nearest(weight, bits=4, group=group).dequantized()
    corrected = gptq(weight, inputs, group=group).dequantized()
    errors = [float((inputs @ (w - weight).T).norm()) for w in (corrected, nearest)]
    assert errors[0] < 0.8 * errors[1]
    assert (corrected - weight).norm() > (nearest - weight).norm()  # it is the outputs, not the weights, that it keeps


def test_gptq_is_rounding_where_inputs_are_uncorrelated():
    """With H a multiple of the identity there is nothing that later columns could make up for."""
    weight = matrix(8, 16)
    stored = gptq(weight, torch.eye(16) * 3, group=8)
    assert (stored.codes == round_to_nearest(weight, bits=4, group=8).codes).all()


# Pruning


@few
@given(rows=st.integers(1, 9), columns=st.integers(1, 20), sparsity=st.floats(0, 1), ties=st.booleans())
def test_magnitude_leaves_the_largest_and_exactly_as_many_as_asked(rows, columns, sparsity, ties):
    weight = torch.ones(rows, columns) if ties else matrix(rows, columns)
    mask = magnitude_mask(weight, sparsity)
    assert int((~mask).sum()) == round(sparsity * weight.numel())
    if mask.any() and not mask.all():
        assert weight[mask].abs().min() >= weight[~mask].abs().max()


@few
@given(rows=st.integers(1, 9), fours=st.integers(1, 9), ties=st.booleans())
def test_two_of_every_four_and_the_best_two(rows, fours, ties):
    score = torch.zeros(rows, 4 * fours) if ties else matrix(rows, 4 * fours).abs()
    mask = two_of_four_mask(score).unflatten(1, (-1, 4))
    assert (mask.sum(-1) == 2).all()
    kept = (score.unflatten(1, (-1, 4)) * mask).sum(-1)
    torch.testing.assert_close(kept, score.unflatten(1, (-1, 4)).topk(2).values.sum(-1))


def test_two_of_four_needs_fours():
    with pytest.raises(ValueError, match="multiple of 4"):
        two_of_four_mask(torch.ones(2, 6))


def test_bytes_of_the_pattern():
    """Four 16-bit numbers, 8 bytes, become two of them and two 2-bit places: 4.5 bytes."""
    assert bytes_two_of_four(4) == 4.5


def test_wanda_weighs_by_the_inputs_and_within_each_row():
    weight, inputs = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4]]), torch.tensor([[9.0, 1, 1, 0]] * 4)
    assert wanda_score(weight, inputs)[0].tolist() == [18.0, 4.0, 6.0, 0.0]
    assert wanda_mask(weight, inputs, 0.5).tolist() == [[True, False, True, False]] * 2
    assert magnitude_mask(weight, 0.5).tolist() == [[True] * 4, [False] * 4]


def test_wanda_keeps_outputs_better_than_magnitude_where_inputs_differ():
    weight = matrix(32, 64)
    inputs = matrix(256, 64, 1) * torch.logspace(0, -2, 64)  # uncorrelated, of very different strength
    error = [
        float((inputs @ (weight * ~mask).T).norm())
        for mask in (wanda_mask(weight, inputs, 0.5), magnitude_mask(weight, 0.5))
    ]
    assert error[0] < 0.5 * error[1]


# Low rank


@few
@given(rows=st.integers(1, 12), columns=st.integers(1, 12), seed=st.integers(0, 99), data=st.data())
def test_truncated_svd_reaches_the_optimum_of_eckart_and_young(rows, columns, seed, data):
    rank = data.draw(st.integers(1, min(rows, columns)))
    weight = matrix(rows, columns, seed).double()
    outer, inner = truncated_svd(weight, rank)
    assert outer.shape == (rows, rank)
    assert inner.shape == (rank, columns)
    left_out = torch.linalg.svdvals(weight)[rank:]
    torch.testing.assert_close((weight - outer @ inner).norm() ** 2, (left_out**2).sum(), atol=1e-9, rtol=1e-9)
    other = matrix(rows, rank, seed + 1).double()  # the best partner of any other factor does no better
    partner = torch.linalg.pinv(other) @ weight
    assert (weight - other @ partner).norm() >= (weight - outer @ inner).norm() - 1e-9


@pytest.mark.parametrize("bias", [True, False])
def test_factorised_layer_at_full_rank_is_the_layer(bias):
    layer, x = nn.Linear(6, 9, bias=bias), matrix(5, 6)
    torch.testing.assert_close(factorised(layer, 6)(x), layer(x))
    count = sum(p.numel() for p in factorised(layer, 2).parameters())
    assert count == 2 * (6 + 9) + 9 * bias


@pytest.mark.parametrize("rank", [1, 4])
def test_lora_starts_as_the_layer_and_merges_without_a_difference(rank):
    layer, x = nn.Linear(12, 7), matrix(5, 12)
    before = layer(x).detach()
    lora = LoRA(layer, rank=rank, alpha=8)
    torch.testing.assert_close(lora(x), before)
    optimizer = torch.optim.SGD([p for p in lora.parameters() if p.requires_grad], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        lora(x).square().mean().backward()
        optimizer.step()
    assert not torch.allclose(lora(x), before)
    torch.testing.assert_close(lora.merged()(x), lora(x))
    torch.testing.assert_close(lora.layer(x), before)  # W itself did not move
    update = lora.merged().weight - lora.layer.weight
    assert int(torch.linalg.matrix_rank(update, rtol=1e-4)) <= rank
    assert sum(p.numel() for p in lora.parameters() if p.requires_grad) == rank * (12 + 7)


# Distillation


def test_distillation_loss_is_least_for_the_teacher_itself():
    teacher, labels = matrix(6, 5), torch.arange(6) % 5
    loss = lambda student: distillation_loss(student, teacher, labels, temperature=3.0, weight=1.0)  # noqa: E731
    assert float(loss(teacher)) == pytest.approx(0, abs=1e-6)
    assert float(loss(teacher + 7)) == pytest.approx(0, abs=1e-5)  # softmax does not see a constant
    assert float(loss(teacher + matrix(6, 5, 1))) > 0.01


def test_distillation_loss_without_weight_is_cross_entropy():
    student, teacher, labels = matrix(6, 5), matrix(6, 5, 1), torch.arange(6) % 5
    found = distillation_loss(student, teacher, labels, temperature=3.0, weight=0.0)
    torch.testing.assert_close(found, F.cross_entropy(student, labels))


def test_gradient_at_high_temperature_is_that_of_matching_logits():
    """Hinton et al. 2015, at high temperature: (z − v) / n for centred logits over n classes, T² included."""
    student, teacher = (m - m.mean(1, keepdim=True) for m in (matrix(1, 5), matrix(1, 5, 1)))
    student.requires_grad_()
    distillation_loss(student, teacher, torch.tensor([0]), temperature=1000.0, weight=1.0).backward()
    torch.testing.assert_close(student.grad, (student.detach() - teacher) / 5, atol=1e-3, rtol=1e-2)
