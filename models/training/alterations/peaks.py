"""Writes the scores from which a patch counts into a network's metadata: peaks.py IN PEAKS OUT."""
import sys

import onnx

source, peaks, target = sys.argv[1:]
model = onnx.load(source)
onnx.helper.set_model_props(model, {"peaks": peaks})
onnx.save(model, target)
