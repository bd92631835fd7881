"""The recipe `sketch`: a teacher learns from millions of varied images, the network from the teacher."""
