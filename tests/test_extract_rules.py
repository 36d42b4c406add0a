"""Rules for measure, kind, direction, settings and rivals over sentences of our own."""

import pytest

from extract.bounds import bound, leaders
from extract.features import paper_features
from extract.figures import Figure, candidates, sentences_of
from extract.plain import plain


def figures(text: str) -> dict[float, Figure]:
    """The candidate figures of a text by their values."""
    ready = plain(text)
    found = [f for s in sentences_of(ready) for f in candidates(s, paper_features(text))]
    return {f.quantity.value: f for f in found}


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        ("After training on the full dataset our tagger reaches 71.5% on the held-out part.", 71.5, "quality"),
        ("Without fine-tuning the agent solves the page tests and gets 44.2% on ShopBench.", 44.2, "quality"),
        ("It trims memory by 30% while outperforming the best rivals by 4%.", 4, "quality"),
        ("It needs 5x fewer GPU training hours than before.", 5, "compute"),
        ("The result is a 7.2 MB model for phones.", 7.2, "storage"),
        ("The decoder is 3x smaller than that of the teacher.", 3, "parameters"),
        ("This extends the context from 4K to 64K tokens.", 64000, "other"),
        ("It emits 3x more tokens per step than plain decoding.", 3, "speed"),
        ("We keep only 20% of the data for the second stage.", 20, "data"),
        ("It cuts latency by 40%, peak memory by 22%, and energy use by 9%.", 22, "memory"),
        ("It cuts latency by 40%, peak memory by 22%, and energy use by 9%.", 9, "energy"),
        ("The agent resolves 52% of the tickets on its own.", 52, "quality"),
        ("It improves over the strongest compute-matched rival by 7%.", 7, "quality"),
        ("It reduces the number of model calls by 40%.", 40, "compute"),
        ("It lowers training cost and inference latency by 3x and 2.5x.", 2.5, "speed"),
        ("It cuts payload and GPU VRAM footprint by 2.4x and 5.5x, respectively.", 5.5, "memory"),
        ("Boosting accuracy on the exam from 84% to 91% under fixed compute budgets is easy.", 91, "quality"),
        ("The decoder runs 1.6x to 2.8x faster and exceeds Alpha by 1.2x in this latency test.", 1.2, "speed"),
        ("It keeps the latency within 5% of the old net.", 5, "speed"),
        ("The whole module adds only 22M parameters (0.3% of the base model).", 0.3, "parameters"),
        ("It shortens training by 12.5 minutes (55% improvement).", 55, "speed"),
        ("It is 52x more efficient (4.3 GFLOPs) than before.", 52, "compute"),
        ("We see speedups of 5x for matrix operations.", 5, "speed"),
        ("It keeps the latency overhead below 4% on an Alpha card.", 4, "speed"),
        ("It beats plain decoding in F1 by 7% and the strongest inference-time rival by +4%.", 4, "quality"),
        ("It runs 90x faster, and draws 0.7 kWh for a night's scans, 140x lower than Alpha.", 140, "energy"),
        ("It reaches a peak performance of 98.7% on speech.", 98.7, "quality"),
        ("It cuts the optimality gap by 30%.", 30, "quality"),
    ],
)
def test_metric_of_a_figure(text, value, metric):
    assert figures(text)[value].metric == metric


@pytest.mark.parametrize(
    ("text", "value", "kind", "direction"),
    [
        ("We see a 20% relative reduction in latency.", 20, "change", "better"),
        ("It saves 30% energy and area reduction is next.", 30, "change", "better"),
        ("The kernel gives a 25% parameter and FLOPs reduction.", 25, "change", "better"),
        ("It shows a clear reduction in token usage (up to 45%) on all sets.", 45, "change", "better"),
        ("It reduces the decoding complexity up to 60% on noisy channels.", 60, "change", "better"),
        ("It cuts the overhead by 35% on long inputs.", 35, "change", "better"),
        ("Mixing the heads increases the validation loss by 8%.", 8, "change", "worse"),
        ("We trace a reduction in both memory use and training time by over 23%.", 23, "change", "better"),
        ("It is 1.8x faster at a cost of only 2.1 AP.", 2.1, "change", "worse"),
        ("The agent closes the gap, but at 60x the cost.", 60, "change", "worse"),
        ("Our filter reaches -48 dB in stopband error.", 48, "level", "none"),
        ("Our method runs - 5x faster than before.", 5, "change", "better"),
        ("It underperforms the dense net by 3%.", 3, "change", "worse"),
        ("It runs the same tests at 0.4x compute.", 0.4, "fraction", "none"),
        ("It keeps 10% of the patches.", 10, "fraction", "none"),
        ("It saves half of the training time.", 50, "change", "better"),
        ("Plain pruning leaves 2.1 times as many errors as our method.", 2.1, "change", "better"),
        ("Alpha is about twice as slow as ours.", 2, "change", "better"),
        ("Alpha is 3x slower than our decoder.", 3, "change", "better"),
        ("Old nets need 4x more memory than the proposed one.", 4, "change", "better"),
        ("Alpha is 3x faster than our decoder.", 3, "change", "worse"),
        ("Our decoder is 3x faster than our last one.", 3, "change", "better"),
        ("It cuts FLOPs by 40x, parameters by 25x, and inference-time overhead by 10x.", 10, "change", "better"),
        ("It has 8% higher quality with only a 4.5% speed reduction.", 4.5, "change", "worse"),
        ("It keeps most of the accuracy gains at only 1.2x the cost.", 1.2, "change", "worse"),
        ("Old cards produce 4x higher total carbon emissions per token.", 4, "change", "worse"),
        ("A reduction in RMSE by up to a factor of 2.7x was seen.", 2.7, "change", "better"),
        ("It reduces the exploitability by 80%.", 80, "change", "better"),
        ("It reduces token usage by 28% and time-to-success by 19%.", 19, "change", "better"),
        ("It detects 83% of the errors.", 83, "level", "none"),
        ("It takes only a fraction (15%) of the energy.", 15, "fraction", "none"),
        ("It gets 74.1% accuracy, outperforming prior nets by 3%.", 74.1, "level", "none"),
        ("It gets 74.1% accuracy, outperforming all prior nets.", 74.1, "level", "better"),
        ("It sets the best FID of 1.9 on faces and 2.4 on cars.", 2.4, "level", "better"),
        ("It gives the best F1 of 0.9, an improvement of 12% over the base.", 0.9, "level", "none"),
        ("Our approach reaches the best F1 of 0.9 on news.", 0.9, "level", "better"),
        ("The net attains stronger rank correlation (0.71) on all sets.", 0.71, "level", "better"),
        ("The policy yields a mean return of -5.3 per run.", 5.3, "level", "none"),
        ("It has gains of 3.1% AP on boxes and 3.6% mIoU on masks.", 3.6, "change", "better"),
        ("It shows performance gains (11% for 2B and 17.4% for 7B).", 17.4, "change", "better"),
        ("The judge runs at 0.64 of the cost.", 0.64, "fraction", "none"),
        ("The small net preserves 99.2% full-model accuracy.", 99.2, "fraction", "none"),
        ("It keeps 99.8% of the full accuracy with A and 97% with B.", 97, "fraction", "none"),
        ("It cuts errors by 70% relative to Alpha and 50% relative to Beta.", 50, "change", "better"),
    ],
)
def test_kind_and_direction(text, value, kind, direction):
    said = figures(text)[value].said
    assert (said.kind, said.direction) == (kind, direction)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("At 50% pruning our net keeps its accuracy of 71.2%.", 50),
        ("Accuracy is 71.2% under asymmetric 40% noise.", 40),
        ("The success rate is 88.1% at a strict 0.5 mm threshold.", 0.5),
        ("At 2B and 7B parameters the method has the lowest perplexity of 7.1.", 7e9),
        ("Accuracy gains 3 points with a retention budget of 5%.", 5),
        ("The F1 score is 0.9 with a 95% CI [0.85, 0.94].", 0.85),
        ("Accuracy is 71.2% for α = 0.3 and more.", 0.3),
        ("Recall is 0.8 for IoU > 0.5 on all sets.", 0.5),
        ("It beats the VAE with 8x downsampling in PSNR by 1.2 dB.", 8),
        ("Accuracy is 71.2% at 24 hours of search.", 24),
        ("Scaling to 3B, 8B, and 14B parameters, recall is 0.8 or better.", 8e9),
        ("Larger models (7B-9B parameters) have an accuracy of 71.2%.", 7e9),
        ("The filter has 97.6% accuracy at 89%, which is best.", 89),
        ("The accuracy of 92.3% (+- 0.8%) is stable.", 0.8),
        ("With alpha = 0.7, 0.6, 0.5 the accuracy is 71.2%.", 0.5),
        ("The net keeps 98.2% accuracy at 67% and 95.1% at 88%.", 67),
        ("The speedup is 3x under a 2 W power budget.", 2),
        ("In the regime of 20-30 steps the FID is 3.1.", 20),
        ("We first train a 4x decoder, which gains 2 dB.", 4),
        ("The 1x$k$ filters reduce latency by 20%.", 1),
        ("The policy $\\pi_{0.5}$ reaches an 8x speedup.", 0.5),
        ("Using only a 2B-parameter language model it gains 17% in F1.", 2e9),
        ("It beats Alpha in capability by 1) a gain of 20%, and 2) less latency.", 1),
    ],
)
def test_a_condition_is_no_claim(text, value):
    found = figures(text)
    assert value not in found
    assert found


def test_a_figure_under_no_condition_stays():
    assert 30 in figures("The net is 30% smaller at the same accuracy and gains 2 points of recall.")
    assert 8.6 in figures("It reaches an 8.6x CPU speedup at full accuracy.")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It reduces the cache from 90 GB to 2 GB and the total GPU memory by half.", 2),
        ("The peak memory falls to 41.5 GB during a single epoch.", 41.5),
        ("It enables 3M-token prefill on one card.", 3e6),
        ("With just a 0.2M-parameter gate it sets a new record.", 2e5),
    ],
)
def test_sizes_that_are_reached_are_no_settings(text, value):
    assert value in figures(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It outperforms existing nets with clear reductions in FID (25% improvement on faces).", 25),
        ("It matches plain baselines (11-14x speedup at 64K context).", 11),
        ("It outperforms Alpha, with a clear jump in accuracy, and reaches 72.4% exceeding 70%.", 72.4),
        ("It has 5.5 RMSE, beating Alpha, while matching their forecasting error (RMSE 0.33).", 0.33),
        ("It reaches an F1 of 0.72, outperforming Alpha (p = 0.02).", 0.72),
        ("It reaches 83.7% precision, which outperforms Alpha (with only 20% of its weights).", 83.7),
    ],
)
def test_what_is_won_over_a_rival_is_no_rivals_figure(text, value):
    assert figures(text)[value].quantity.from_value is None


@pytest.mark.parametrize(
    ("text", "value", "rival"),
    [
        ("It has an average score of 0.86, outperforming closed models, including Alpha (0.61).", 0.86, 0.61),
        ("It has an accuracy of 66.9%, surpassing the 66.1% accuracy of full training.", 66.9, 66.1),
        ("It has 98.4% recall and 92.5% precision, beating a plain system using Alpha (95.6%, 89.4%).", 98.4, 95.6),
        ("It has 98.4% recall and 92.5% precision, beating a plain system using Alpha (95.6%, 89.4%).", 92.5, 89.4),
        ("It has 98.4% recall and 92.5% precision, beating a net using Alpha 2.0 (95.6% recall, 89.4%).", 98.4, 95.6),
        ("It has 98% and 87.8% success rates, beating the dense references of 97.1% and 87%.", 87.8, 87),
        ("It is 77% faster in response (15.9s vs. 3.7s).", 3.7, 15.9),
        # a rival's name of any length, versions and sizes in names
        ("It reaches 72.4% accuracy, outperforming baselines limited to one frame (14.2%).", 72.4, 14.2),
        ("It reaches 72.4% accuracy, outperforming models such as Alpha 2.5 Pro (61.3%).", 72.4, 61.3),
        ("It reaches 72.4% accuracy, outperforming the 27M-parameter Alpha (61.3%).", 72.4, 61.3),
        ("On 60 maps (n=60) it scores 0.92 F1, outperforming Alpha 3 Pro (0.61).", 0.92, 0.61),
        ("It reaches 72.4%, slightly below the dense net (75.3%).", 72.4, 75.3),
        ("It reaches 72.4% accuracy, matching the teacher (72.9%).", 72.4, 72.9),
        # a rival's figure behind a comparing word
        ("It runs at 12.2 FPS on one card compared to the plain baseline 8.4 FPS.", 12.2, 8.4),
        ("It needs 8 steps compared to the 256 steps of Alpha.", 8, 256),
        ("It scores 16.2, close to the big model's 15.7 perplexity.", 16.2, 15.7),
        ("It has 93.4% accuracy at 64% sparsity, compared with 88.2% for Alpha.", 93.4, 88.2),
        # told of in a clause
        ("It reaches 72.4% accuracy, outperforming Alpha, which only achieved 61.3%.", 72.4, 61.3),
        ("It reaches 72.4%, above dense models that score around 61.3%.", 72.4, 61.3),
        # by the words of the measure, in order
        ("It has an FID of 15.9 and an LPIPS of 0.31, outperforming Alpha (FID 18.9, LPIPS 0.35).", 15.9, 18.9),
        ("It has an FID of 15.9 and an LPIPS of 0.31, outperforming Alpha (FID 18.9, LPIPS 0.35).", 0.31, 0.35),
        ("Scores of 0.93/0.85 vs. 0.92/0.81 are reached.", 0.93, 0.92),
        ("Scores of 0.93/0.85 vs. 0.92/0.81 are reached.", 0.85, 0.81),
        ("It reaches F1 scores of 0.65 and 0.88, compared with 0.47 and 0.58 for Alpha.", 0.65, 0.47),
        ("It is 52x more efficient (120 vs. 2.3 GFLOPs) than Alpha.", 2.3, 120),
        ("It is 3x slower (9.6 s vs. 3.2 s) at first.", 9.6, 3.2),
    ],
)
def test_a_rivals_figure_is_what_ours_came_from(text, value, rival):
    found = figures(text)
    assert found[value].quantity.from_value == rival
    assert rival not in found


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("It is up to 2x faster than Alpha and 2.5x over Beta.", 2.5, "up_to"),
        ("Alpha and Beta reach 41.5 percent and 44.5 percent mean average precision.", 44.5, "exact"),
        ("It works well, averaging a BLEU score of 0.7 on six sets.", 0.7, "average"),
    ],
)
def test_bound_of_a_pair_and_of_a_mean(text, value, expected):
    figure = figures(text)[value]
    assert bound(plain(text), figure.sentence, figure.k, leaders(plain(text), figure.sentence, figure.k)) == expected
