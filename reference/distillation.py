"""Knowledge distillation: a small student learns from the softened outputs of a large teacher."""

from torch import Tensor
from torch.nn import Module
from torch.nn import functional as F

from reference.measurement import Case, Measurement, Quality, counted
from reference.tasks import CLASSES, FEATURES, accuracy, batched, classifier, labelled, perceptron, train
from reference.timing import compare

FAMILY = "distillation"
TEACHER, STUDENT = (FEATURES, 512, 512, CLASSES), (FEATURES, 32, CLASSES)


def distillation_loss(student: Tensor, teacher: Tensor, labels: Tensor, *, temperature: float, weight: float) -> Tensor:
    """weight · T² · KL(softmax(teacher / T) ‖ softmax(student / T)) + (1 − weight) · cross entropy with the labels.

    Hinton et al. 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531: the softened
    distributions, the weighted sum, and T², which keeps the two gradients in proportion.
    Logits are (samples, classes).
    """
    soft = F.kl_div(
        F.log_softmax(student / temperature, dim=-1),
        F.log_softmax(teacher / temperature, dim=-1),
        reduction="batchmean",
        log_target=True,
    )
    return weight * temperature**2 * soft + (1 - weight) * F.cross_entropy(student, labels)


def student_of(
    teacher: Module, device: str, seed: int, *, weight: float, samples: int = 384, temperature: float = 3.0
) -> Module:
    """A student trained on a small transfer set; `weight` 0 is training on the labels alone."""
    student = perceptron(*STUDENT, seed=seed).to(device)
    inputs, labels = (t.to(device) for t in labelled(samples, seed + 3))
    batches = batched(samples, 64, steps=500, seed=seed)

    def loss(step: int) -> Tensor:
        x, y = inputs[batches[step]], labels[batches[step]]
        return distillation_loss(student(x), teacher(x), y, temperature=temperature, weight=weight)

    train(student, loss, steps=500, rate=1e-2)
    return student.eval().requires_grad_(False)


def measure(device: str = "cpu", *, seed: int = 0) -> list[Measurement]:
    """A student of 1/100 of the weights, with and without its teacher, on the same 384 samples."""
    teacher = classifier(device, seed, *TEACHER)
    x = labelled(1024, seed + 2)[0].to(device)
    best = accuracy(teacher, device, seed)
    found = []
    for method, weight in (("distilled student", 0.9), ("the same student on labels alone", 0.0)):
        student = student_of(teacher, device, seed, weight=weight)
        quality = Quality("accuracy (%)", best, accuracy(student, device, seed))
        case = Case(FAMILY, method, "teacher", device)
        params = [sum(p.numel() for p in m.parameters()) for m in (teacher, student)]
        found.append(case.measured("parameters", counted("params", *params), quality, "student trained on 384 samples"))
        if weight:
            time = compare(lambda: teacher(x), lambda net=student: net(x), device)  # type: ignore[misc]
            found.append(
                case.measured(
                    "speed", time, quality, "1,024 samples in one pass",
                    otherwise="Both are so small that this machine is busy with launching them.",
                )
            )  # fmt: skip
    return found
