"""shiftexp: did it move, or did it grow?"""
