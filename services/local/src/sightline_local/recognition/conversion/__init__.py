"""Conversion of weights that Python packages carry to ONNX models, with numpy and onnx only."""
