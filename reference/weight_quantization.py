"""Weight-only quantization: int8 a channel, int4 a group, and GPTQ, which rounds so that the layer's output stays."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor

from reference.measurement import Case, Measurement, Quality, Saving, counted
from reference.tasks import calibrated, language_model, perplexity, sentences
from reference.timing import compare

FAMILY = "quantization"


@dataclass(frozen=True, slots=True)
class Quantized:
    """A weight (outputs, inputs) as codes and one float16 scale for each group of inputs in each row."""

    codes: Tensor  # int8 (outputs, inputs), or uint8 (outputs, inputs / 2) with two 4-bit codes a byte
    scales: Tensor  # float16 (outputs, groups)
    bits: int

    @property
    def nbytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (self.codes, self.scales))

    def dequantized(self) -> Tensor:
        """ŵ = s·q, float32 (outputs, inputs)."""
        codes = self.codes if self.bits == 8 else unpacked(self.codes)
        grouped = codes.float().unflatten(1, (self.scales.shape[1], -1))
        return (grouped * self.scales.float()[..., None]).flatten(1)


def packed(codes: Tensor) -> Tensor:
    """Codes −8…7 (rows, even columns) as two to a byte."""
    shifted = (codes + 8).to(torch.uint8)
    return shifted[:, ::2] | shifted[:, 1::2] << 4


def unpacked(pairs: Tensor) -> Tensor:
    """The inverse of `packed`, int8."""
    return torch.stack((pairs & 15, pairs >> 4), dim=-1).flatten(1).to(torch.int8) - 8


def scales_of(weight: Tensor, bits: int) -> Tensor:
    """s = max|w| / (2^(bits−1) − 1) over the last axis, rounded to float16 and never below its smallest normal number.

    Symmetric quantization: Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295.
    """
    return (weight.abs().amax(-1) / (2 ** (bits - 1) - 1)).clamp(min=2.0**-14).half()


def rounded(weight: Tensor, scales: Tensor, bits: int) -> Tensor:
    """q = clamp(round(w / s)), the code nearest to each weight: |w − s·q| <= s / 2."""
    most = 2 ** (bits - 1) - 1
    return torch.round(weight / scales.float()).clamp(-most, most)


def round_to_nearest(weight: Tensor, *, bits: int, group: int | None = None) -> Quantized:
    """Codes of 8 or 4 bits; `group` inputs share a scale, by default the whole row (a channel of outputs).

    Raises ValueError when the groups do not divide the inputs.
    """
    group = group or weight.shape[1]
    if weight.shape[1] % group or bits not in (4, 8) or (bits == 4 and weight.shape[1] % 2):
        raise ValueError(f"{weight.shape[1]} inputs do not fit groups of {group} with {bits} bits (4 or 8)")
    grouped = weight.unflatten(1, (-1, group))
    scales = scales_of(grouped, bits)
    codes = rounded(grouped, scales[..., None], bits).flatten(1).to(torch.int8)
    return Quantized(packed(codes) if bits == 4 else codes, scales, bits)


def gptq(weight: Tensor, inputs: Tensor, *, group: int, bits: int = 4, damping: float = 0.01) -> Quantized:
    """Rounds one input column after the other and lets the later columns make up for the error.

    Frantar et al. 2022, GPTQ, arXiv:2210.17323: H = 2 X Xᵀ + λI; with U the upper Cholesky factor of H⁻¹,
    column i leaves e = (w_i − s·q_i) / U_ii and every later column j takes w_j −= e·U_ij (eq. 2).
    `inputs` (samples, inputs) are what the layer saw in calibration.
    """
    left = weight.float().clone()
    hessian = 2 * inputs.float().T @ inputs.float()
    hessian += damping * hessian.diagonal().mean().clamp(min=1e-8) * torch.eye(len(hessian), device=weight.device)
    upper = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(hessian)), upper=True)
    codes, scales = torch.empty_like(left), []
    for i in range(left.shape[1]):
        if i % group == 0:
            scales.append(scales_of(left[:, i : i + group], bits))
        codes[:, i] = rounded(left[:, i], scales[-1], bits)
        error = (left[:, i] - scales[-1].float() * codes[:, i]) / upper[i, i]
        left[:, i:] -= error[:, None] * upper[i, i:]
    whole = codes.to(torch.int8)
    return Quantized(packed(whole) if bits == 4 else whole, torch.stack(scales, dim=1), bits)


def int8_product_time(device: str, seed: int, *, width: int = 4096, tokens: int = 16) -> tuple[Saving, str]:
    """Time of x Wᵀ with int8 weights against bfloat16 weights, and which code multiplied them."""
    weight = torch.randn(width, width, generator=torch.Generator().manual_seed(seed)).to(device)
    stored = round_to_nearest(weight, bits=8)
    x, dense = torch.randn(tokens, width, device=device, dtype=torch.bfloat16), weight.bfloat16()
    codes, scale = stored.codes, stored.scales[:, 0].bfloat16()
    kernel = getattr(torch, "_weight_int8pack_mm", None) if torch.device(device).type == "cpu" else None
    if kernel:
        return compare(lambda: x @ dense.T, lambda: kernel(x, codes, scale), device), "torch's int8 kernel"
    return compare(lambda: x @ dense.T, lambda: (x @ codes.bfloat16().T) * scale, device), "decoded to bfloat16 first"


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """Bytes of the linear layers of a small language model, its perplexity, and the time of one large int8 product."""
    model = language_model(device, seed)
    before, text = perplexity(model, device, seed), sentences(32, seed + 1).to(device)
    found, losses = [], {}
    for method in ("int8, a scale per channel", "int4, groups of 32", "GPTQ int4, groups of 32"):
        changed = deepcopy(model)
        bytes16 = bytes_now = 0
        for layer, inputs in calibrated(changed, lambda net=changed: net(text)):  # type: ignore[misc]
            if method.startswith("GPTQ"):
                stored = gptq(layer.weight, inputs, group=32)
            else:
                stored = round_to_nearest(layer.weight, bits=int(method[3]), group=32 if method[3] == "4" else None)
            bytes16, bytes_now = bytes16 + layer.weight.numel() * 2, bytes_now + stored.nbytes
            layer.weight.copy_(stored.dequantized())
        losses[method] = Quality("perplexity", before, perplexity(changed, device, seed), rises=False)
        case = Case(FAMILY, method, "16-bit weights", device)
        layers = "linear layers of a 2-layer language model, codes and scales counted"
        found.append(case.measured("storage", counted("bytes", bytes16, bytes_now), losses[method], layers))
    saving, code = int8_product_time(device, seed)
    case = Case(FAMILY, f"int8 product, {code}", "bfloat16 weights", device)
    product = "16 tokens through a 4096 × 4096 layer; perplexity is that of the small model"
    slower = "The bytes saved do not pay here for decoding them: that takes a kernel that only memory bandwidth limits."
    return [*found, case.measured("speed", saving, losses["int8, a scale per channel"], product, otherwise=slower)]
